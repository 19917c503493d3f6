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

  it('never runs below what a former run persisted', () => {
    const clock = createClock(
      () => 1000,
      () => 0,
    );
    clock.raise(5000);
    expect(clock.now()).toBe(5000);
  });
});
