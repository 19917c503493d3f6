/** A token bucket that holds a quarter of a second unless told, so that a paced drain is even. What takes more than it holds goes into debt. */
export interface Pace {
  /** Whole events that may go now. */
  available(now: number): number;
  use(events: number): void;
  /** Another speed from now on; what has gathered, or is owed, stays. */
  setSpeed(perSecond: number): void;
}

const bucketSeconds = 0.25;

/**
 * @param now epoch ms
 * @param holdsSeconds how much of what could not go in time may go at once later
 */
export function createPace(perSecond: number, now: number, holdsSeconds = bucketSeconds): Pace {
  let speed = perSecond;
  let tokens = 0;
  let last = now;
  return {
    available(at) {
      tokens = Math.min(Math.max(1, speed * holdsSeconds), tokens + (Math.max(0, at - last) / 1000) * speed);
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
