import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createThrottle } from './throttle.ts';

const start = 1_000_000;

function makeThrottle(ceilingPerSecond: number | null, batchSize = 1) {
  const clock = { now: start };
  const throttle = createThrottle({ ceilingPerSecond, batchSize }, () => clock.now);
  /** Sends what is allowed, at most `wanted` a second, for some seconds. Returns how many went. */
  function send(seconds: number, wanted = 1000): number {
    let sent = 0;
    for (let step = 0; step < seconds * 40; step++) {
      clock.now += 25;
      const now = Math.min(throttle.allowance(), wanted / 40);
      if (now >= 1) throttle.use(now);
      sent += now >= 1 ? now : 0;
      if (step % 40 === 39) throttle.everySecond();
    }
    return sent;
  }
  return { clock, throttle, send };
}

describe('the throttle of a lane', () => {
  it('limits nothing, and shows nothing, where there is no ceiling and no complaint', () => {
    const { throttle, send } = makeThrottle(null);
    expect(send(5, 10_000)).toBe(50_000);
    expect(throttle.allowance()).toBe(Number.POSITIVE_INFINITY);
    expect(throttle.reading()).toBeNull();
  });

  it('keeps to its ceiling', () => {
    const { throttle, send } = makeThrottle(100);
    expect(send(10)).toBeGreaterThan(980);
    expect(send(10)).toBeLessThanOrEqual(1025);
    expect(throttle.reading()).toEqual({ perSecond: 100, ceilingPerSecond: 100, throttledAt: null });
  });

  it('halves what it sent when the vendor says too fast, and then goes up a little each second', () => {
    const { clock, throttle, send } = makeThrottle(null);
    send(3, 400);
    throttle.complained(clock.now - 10);
    const after = throttle.reading()?.perSecond ?? 0;
    expect(after).toBeCloseTo(200, -1);
    send(10);
    const later = throttle.reading()?.perSecond ?? 0;
    expect(later - after).toBeCloseTo(10 * (400 / 60), 0);
  });

  it('counts the complaints of requests that were on their way as one', () => {
    const { clock, throttle, send } = makeThrottle(400);
    send(3);
    const sentAt = clock.now - 10;
    for (let each = 0; each < 16; each++) throttle.complained(sentAt);
    expect(throttle.reading()?.perSecond).toBeCloseTo(200, -1);
    clock.now += 100;
    throttle.complained(clock.now - 10);
    expect(throttle.reading()?.perSecond).toBeCloseTo(100, -1);
  });

  it('never stops altogether, and never exceeds its ceiling', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (complaints) => {
        const { clock, throttle, send } = makeThrottle(50, 20);
        for (const complains of complaints) {
          send(1, 60);
          if (complains) throttle.complained(clock.now);
          const { perSecond } = throttle.reading() ?? { perSecond: 0 };
          expect(perSecond).toBeGreaterThanOrEqual(2);
          expect(perSecond).toBeLessThanOrEqual(50);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('forgets a complaint after five minutes without another', () => {
    const { clock, throttle, send } = makeThrottle(null);
    send(2);
    throttle.complained(clock.now);
    send(299);
    expect(throttle.reading()).not.toBeNull();
    send(2);
    expect(throttle.reading()).toBeNull();
  });

  it('lets a batch take more than there is, and makes the next one wait for it', () => {
    const { clock, throttle } = makeThrottle(10);
    clock.now += 1000;
    expect(throttle.allowance()).toBeGreaterThanOrEqual(1);
    throttle.use(100);
    clock.now += 9000;
    expect(throttle.allowance()).toBe(0);
    clock.now += 1000;
    expect(throttle.allowance()).toBeGreaterThanOrEqual(1);
  });
});
