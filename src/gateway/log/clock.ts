/**
 * The durable clock. Times that are stored must not run backwards when the machine's clock is set
 * back: order, expiry and retry schedules hang on them. So where the wall clock lies behind what was
 * already given out (or persisted by a former run), time crawls on at half speed until the wall
 * clock has caught up. A jump forwards is believed at once.
 */
export interface Clock {
  /** Epoch ms, whole; never below an earlier answer or `raise`. */
  now(): number;
  /** Takes note of a time that a former run persisted. */
  raise(atMs: number): void;
}

export function createClock(wall: () => number = Date.now, monotonic: () => number = () => performance.now()): Clock {
  let last = Number.NEGATIVE_INFINITY;
  let lastTick = monotonic();
  return {
    now() {
      const tick = monotonic();
      const elapsed = Math.max(0, tick - lastTick);
      lastTick = tick;
      last = Math.max(wall(), last + elapsed / 2);
      return Math.floor(last);
    },
    raise(atMs) {
      last = Math.max(last, atMs);
    },
  };
}
