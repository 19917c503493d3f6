import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextMax, niceMax, timeStep, timeTicks, valueTicks } from './axes.ts';

describe('the value axis', () => {
  it('ends at a round number that is not under the data', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
        const max = niceMax(value);
        expect(max).toBeGreaterThanOrEqual(value * 0.999_999);
        expect(max).toBeLessThanOrEqual(value * 2.01);
      }),
    );
    expect(niceMax(0)).toBe(1);
  });

  it('rises at once, falls late, and otherwise stands still', () => {
    expect(nextMax(100, 120, 0)).toBe(150);
    expect(nextMax(100, 60, 0)).toBe(100);
    expect(nextMax(100, 20, 0)).toBe(30);
  });

  it('has few ticks, from zero to its end', () => {
    for (const value of [0.3, 1, 1.5, 2, 2.5, 3, 40, 500, 6000, 80, 777]) {
      const max = niceMax(value);
      const ticks = valueTicks(max);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeCloseTo(max);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.length).toBeGreaterThanOrEqual(3);
    }
    expect(valueTicks(niceMax(1_260_000, 'duration'), 'duration').map((ms) => ms / 60_000)).toEqual([0, 10, 20, 30]);
  });
});

describe('the time axis', () => {
  it('has ticks at round times of the zone, none too close', () => {
    const step = timeStep(86_400_000, 540);
    expect(step).toBe(10_800_000);
    const offset = 5.5 * 3_600_000;
    for (const tick of timeTicks(1_000_000_000_000, 1_000_086_400_000, step, offset)) expect((tick + offset) % step).toBe(0);
    expect(timeStep(300_000, 500)).toBe(60_000);
  });
});
