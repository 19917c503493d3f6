import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { age, ago, approximate, bytes, counted, dash, duration, exact, perSecond, ratio, toText } from './quantity.ts';

describe('numbers as an operator reads them', () => {
  it('writes a rate with three significant digits', () => {
    expect([0, 0.42, 3, 12.44, 340.2, 1240, 1_240_000].map((value) => toText(perSecond(value)))).toEqual([
      '0 /s',
      '0.42 /s',
      '3.00 /s',
      '12.4 /s',
      '340 /s',
      '1.24 k/s',
      '1.24 M/s',
    ]);
  });

  it('moves to the next prefix rather than writing 1000', () => {
    expect(toText(perSecond(999.9))).toBe('1.00 k/s');
    expect(toText(perSecond(999_900))).toBe('1.00 M/s');
  });

  it('writes durations from fractions of a millisecond to days', () => {
    expect([0.42, 340, 999.9, 1240, 59_960, 130_000, 120_000, 11_100_000, 187_200_000].map((ms) => toText(duration(ms)))).toEqual([
      '0.42 ms',
      '340 ms',
      '1.00 s',
      '1.24 s',
      '1 m',
      '2 m 10 s',
      '2 m',
      '3 h 5 m',
      '2 d 4 h',
    ]);
  });

  it('writes ages in whole seconds and says when something just happened', () => {
    expect(toText(age(4200))).toBe('4 s');
    expect(toText(age(130_000))).toBe('2 m 10 s');
    expect(ago(300)).toBe('just now');
    expect(ago(240_000)).toBe('4 m ago');
  });

  it('writes shares, and never rounds one to none or all', () => {
    expect([0, 0.0042, 0.5, 1, 0.00001, 0.999999, 0.9996].map((share) => toText(ratio(share)))).toEqual([
      '0 %',
      '0.42 %',
      '50.0 %',
      '100 %',
      '< 0.01 %',
      '> 99.99 %',
      '99.96 %',
    ]);
  });

  it('writes 0 % only for nothing and 100 % only for everything', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true, maxExcluded: true }), (share) => {
        const text = toText(ratio(share));
        expect(['0 %', '0.00 %', '100 %', '100.0 %', '100.00 %']).not.toContain(text);
      }),
    );
  });

  it('writes counts that matter exactly', () => {
    expect(toText(exact(1_240_311))).toBe('1,240,311');
    expect(counted(1, 'event')).toBe('1 event');
    expect(counted(1200, 'event')).toBe('1,200 events');
    expect(toText(approximate(999))).toBe('999');
    expect(toText(approximate(1240))).toBe('1.24 k');
    expect(toText(bytes(1_240_000))).toBe('1.24 MB');
  });

  it('writes a dash for no data, never a zero', () => {
    for (const write of [perSecond, duration, age, ratio, exact, approximate, bytes]) {
      expect(toText(write(null))).toBe(dash);
      expect(toText(write(Number.NaN))).toBe(dash);
    }
  });
});
