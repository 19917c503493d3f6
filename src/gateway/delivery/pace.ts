/** A token bucket that holds at most a quarter of a second, so that a paced drain is even. What takes more than it holds goes into debt. */
export interface Pace {
  /** Whole events that may go now. */
  available(now: number): number;
  use(events: number): void;
  /** Another speed from now on; what has gathered, or is owed, stays. */
  setSpeed(perSecond: number): void;
}

const bucketSeconds = 0.25;

/** @param now epoch ms */
export function createPace(perSecond: number, now: number): Pace {
  let speed = perSecond;
  let tokens = 0;
  let last = now;
  return {
    available(at) {
      tokens = Math.min(Math.max(1, speed * bucketSeconds), tokens + (Math.max(0, at - last) / 1000) * speed);
      last = at;
      return Math.max(0, Math.floor(tokens));
    },
    use(events) {
      tokens -= events;
    },
    setSpeed(next) {
      speed = next;
    },
  };
}
