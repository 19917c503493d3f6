/** A token bucket that holds at most a quarter of a second, so that a paced drain is even. */
export interface Pace {
  /** Whole events that may go now. */
  available(now: number): number;
  use(events: number): void;
}

/** @param now epoch ms */
export function createPace(perSecond: number, now: number): Pace {
  const most = Math.max(1, perSecond / 4);
  let tokens = 0;
  let last = now;
  return {
    available(at) {
      tokens = Math.min(most, tokens + ((at - last) / 1000) * perSecond);
      last = at;
      return Math.max(0, Math.floor(tokens));
    },
    use(events) {
      tokens -= events;
    },
  };
}
