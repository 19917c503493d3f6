import { describe, expect, it } from 'vitest';
import { pathWords, sidesWords } from './diff-words.ts';

const texts = (path: readonly string[], before?: unknown, after?: unknown) => {
  const sides = sidesWords({ path, before, after });
  return [sides.before, sides.after].map((side) => (side === null ? null : side.kind === 'items' ? side.items : side.text));
};

describe('a difference in words', () => {
  it('says where it is, and leaves ids as they are', () => {
    expect(pathWords(['delivery', 'timeoutMs'])).toBe('Delivery › timeout');
    expect(pathWords(['endpoints', 'eu-1', 'weight'])).toBe('Endpoints › eu-1 › weight');
    expect(pathWords(['events', 'Order Completed', 'maxAgeMs'])).toBe('Events › Order Completed › max age');
    expect(pathWords(['rules', '0'])).toBe('Rules › no. 1');
    expect(pathWords([])).toBe('All of it');
  });

  it('keeps units', () => {
    expect(texts(['delivery', 'timeoutMs'], 10_000, 500)).toEqual(['10.0 s', '500 ms']);
    expect(texts(['hold', 'bytes'], 2_000_000, 1)).toEqual(['2.00 MB', '1 B']);
    expect(texts(['ratePerSecond'], 1200, 5)).toEqual(['1.20 k/s', '5.00 /s']);
    expect(texts(['delivery', 'retryShare'], 0.2, 1)).toEqual(['20.0 %', '100 %']);
    expect(texts(['until'], null, Date.UTC(2026, 10, 21, 13))).toEqual(['none', '21 Nov 2026, 13:00:00 UTC']);
  });

  it('does not hide a small change behind three digits', () => {
    expect(texts(['timeoutMs'], 10_000, 10_001)).toEqual(['10000', '10001']);
  });

  it('tells plain lists by item, folds what is long, and says nothing for nothing', () => {
    expect(texts(['events'], ['a'], ['a', 'b'])).toEqual([['a'], ['a', 'b']]);
    expect(sidesWords({ path: ['text'], after: 'x'.repeat(400) })).toEqual({
      before: null,
      after: { kind: 'long', what: '400 characters', text: 'x'.repeat(400) },
    });
    expect(sidesWords({ path: ['targeting'], after: { if: [1] } }).after).toMatchObject({ kind: 'long', what: '1 field' });
    expect(texts(['enabled'], true, false)).toEqual(['yes', 'no']);
  });
});
