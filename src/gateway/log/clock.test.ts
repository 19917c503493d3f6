import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';

describe('the durable clock', () => {
  it('follows the wall clock, a jump forwards too', () => {
    let wall = 1000;
    const clock = createClock(
      () => wall,
      () => wall,
    );
    expect(clock.now()).toBe(1000);
    wall += 3_600_000;
    expect(clock.now()).toBe(3_601_000);
  });

  it('crawls at half speed where the wall clock was set back, until that has caught up', () => {
    let wall = 100_000;
    let tick = 0;
    const clock = createClock(
      () => wall,
      () => tick,
    );
    const seen = [clock.now()];
    wall -= 10_000;
    for (let second = 0; second < 30; second++) {
      wall += 1000;
      tick += 1000;
      seen.push(clock.now());
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen[10]).toBe(105_000);
    expect(seen.at(-1)).toBe(wall);
  });

  it('tells fractions of a millisecond, and never more than the wall clock can have', () => {
    let tick = 0;
    const clock = createClock(
      () => 1000 + Math.floor(tick),
      () => tick,
    );
    const seen = Array.from({ length: 40 }, () => {
      tick += 0.125;
      return clock.preciseNow();
    });
    expect(seen.at(-1)).toBe(1005);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.every((at, index) => Math.abs(at - (1000 + (index + 1) * 0.125)) < 1)).toBe(true);
  });

  it('never runs below what a former run persisted', () => {
    const clock = createClock(
      () => 1000,
      () => 0,
    );
    clock.raise(5000);
    expect(clock.now()).toBe(5000);
  });
});
