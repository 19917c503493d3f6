/**
 * How fast one lane may send. Under a ceiling (the destination's, or what the connector knows of its vendor) the rate
 * follows what the vendor bears: halved when it says *too fast*, and from then on a little more each second (additive
 * increase, multiplicative decrease: Chiu and Jain, 1989). Without ceiling and without complaint nothing is limited and
 * nothing is counted but a number a request.
 *
 * One complaint a generation: what was on its way when the rate fell says nothing about the new rate.
 */
import type { RateReading } from '#contract/telemetry/breaker.ts';
import { createPace, type Pace } from './pace.ts';

export interface ThrottleOptions {
  /** Events a second; null without. */
  readonly ceilingPerSecond: number | null;
  /** Events a request. However slow it gets, one goes every ten seconds. */
  readonly batchSize: number;
}

export interface Throttle {
  /** Events that may leave now; infinite where nothing limits. A batch may take more than there is: the next then waits longer. */
  allowance(): number;
  use(events: number): void;
  /** The vendor said *too fast* to a request whose first byte left at `sentAt`. Epoch ms, as all times here. */
  complained(sentAt: number): void;
  /** Once a second. */
  everySecond(): void;
  /** Null where nothing limits. */
  reading(): RateReading | null;
}

const decrease = 0.5;
/** Of the rate at the complaint, each second: half of it is regained in half a minute. */
const increaseShare = 1 / 60;
/** Requests a second that are added each second at least: a quiet lane must not stay slow. */
const leastIncrease = 0.5;
const leastRequestsPerSecond = 0.1;
/** After this long without complaint the ceiling alone holds again, ms. */
const forgetAfterMs = 300_000;

export function createThrottle({ ceilingPerSecond, batchSize }: ThrottleOptions, now: () => number): Throttle {
  const leastPerSecond = leastRequestsPerSecond * batchSize;
  let perSecond = ceilingPerSecond;
  let pace: Pace | null = perSecond === null ? null : createPace(perSecond, now());
  let throttledAt: number | null = null;
  let step = 0;
  let sent = 0;
  /** The busier of this second and the last, events. */
  let busiest = 0;

  function limit(next: number): void {
    perSecond = next;
    if (pace) pace.setSpeed(next);
    else pace = createPace(next, now());
  }

  return {
    allowance: () => (pace === null ? Number.POSITIVE_INFINITY : pace.available(now())),
    use(events) {
      sent += events;
      pace?.use(events);
    },
    complained(sentAt) {
      if (throttledAt !== null && sentAt <= throttledAt) return;
      throttledAt = now();
      const before = Math.min(perSecond ?? Number.POSITIVE_INFINITY, Math.max(busiest, sent, leastPerSecond));
      step = Math.max(before * increaseShare, leastIncrease * batchSize);
      limit(Math.max(leastPerSecond, before * decrease));
    },
    everySecond() {
      busiest = sent;
      sent = 0;
      if (throttledAt === null || perSecond === null) return;
      if (now() - throttledAt >= forgetAfterMs) {
        throttledAt = null;
        perSecond = ceilingPerSecond;
        pace = perSecond === null ? null : createPace(perSecond, now());
      } else limit(Math.min(ceilingPerSecond ?? Number.POSITIVE_INFINITY, perSecond + step));
    },
    reading: () => (perSecond === null ? null : { perSecond, ceilingPerSecond, throttledAt }),
  };
}
