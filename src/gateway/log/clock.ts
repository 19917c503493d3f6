/**
 * The durable clock. Times that are stored must not run backwards when the machine's clock is set
 * back: order, expiry and retry schedules hang on them. So where the wall clock lies behind what was
 * already given out (or persisted by a former run), time crawls on at half speed until the wall
 * clock has caught up. A jump forwards is believed at once.
 */
export interface Clock {
  /** Epoch ms, whole; never below an earlier answer or `raise`. */
  now(): number;
  /** The same with fractions, for spans shorter than a millisecond. */
  preciseNow(): number;
  /** Takes note of a time that a former run persisted. */
  raise(atMs: number): void;
}

const almostOne = 0.999;

export function createClock(wall: () => number = Date.now, monotonic: () => number = () => performance.now()): Clock {
  let last = Number.NEGATIVE_INFINITY;
  let lastTick = monotonic();
  function preciseNow(): number {
    const tick = monotonic();
    const elapsed = Math.max(0, tick - lastTick);
    lastTick = tick;
    const atWall = wall();
    // The wall clock tells whole milliseconds: up to the next one, time may run at full speed.
    const ahead = last < atWall + 1 ? Math.min(last + elapsed, atWall + almostOne) : last + elapsed / 2;
    last = Math.max(atWall, ahead);
    return last;
  }

  return {
    now: () => Math.floor(preciseNow()),
    preciseNow,
    raise(atMs) {
      last = Math.max(last, atMs);
    },
  };
}
