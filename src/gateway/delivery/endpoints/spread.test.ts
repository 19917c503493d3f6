import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSuccess, createTurns, type SpreadView, sharesOf } from './spread.ts';

const view = (id: string, more: Partial<SpreadView> = {}): SpreadView => ({ id, weight: 1, breaker: 'closed', success: 1, ...more });

describe('spreading load', () => {
  it('goes by weight among the healthy, and leaves out whose breaker is open', () => {
    expect(sharesOf([view('a', { weight: 3 }), view('b')])).toEqual([0.75, 0.25]);
    expect(sharesOf([view('a', { weight: 3, breaker: 'open' }), view('b')])).toEqual([0, 1]);
    expect(sharesOf([view('a', { breaker: 'open' }), view('b', { breaker: 'open' })])).toEqual([0, 0]);
  });

  it('takes load from one that fails, without giving it up', () => {
    const failing = createSuccess();
    for (let calls = 0; calls < 100; calls++) failing.add(calls % 2 === 0);
    const [a = 0, b = 0] = sharesOf([view('a', { success: failing.rate }), view('b')]);
    expect(a).toBeGreaterThan(0.2);
    expect(a).toBeLessThan(b);
    const [dead = 0] = sharesOf([view('a', { success: 0 }), view('b')]);
    expect(dead).toBeGreaterThan(0.02);
    expect(dead).toBeLessThan(0.1);
  });

  it('gives everybody their share over any hundred turns, and nothing to who has none', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const ids = weights.map((_, index) => `e${index}`);
        const sum = weights.reduce((total, weight) => total + weight, 0);
        const shares = weights.map((weight) => (sum === 0 ? 0 : weight / sum));
        const turns = createTurns();
        const counts = new Map<string | null, number>();
        for (let turn = 0; turn < 100; turn++) {
          const id = turns.next(ids, shares);
          counts.set(id, (counts.get(id) ?? 0) + 1);
        }
        for (const [index, id] of ids.entries()) expect(Math.abs((counts.get(id) ?? 0) - 100 * (shares[index] ?? 0))).toBeLessThan(2);
        expect(counts.get(null) ?? 0).toBe(sum === 0 ? 100 : 0);
      }),
    );
  });
});
