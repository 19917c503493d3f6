/** How fast events come and go on a lane; smoothed over about half a minute. Sampled once a second. */
export interface Rates {
  /** An event read from the log ended. */
  ended(isDelivered: boolean): void;
  sample(backlogEvents: number, backlogBytes: number): void;
  /** Events routed here a second. */
  readonly arrivalsPerSecond: number;
  readonly arrivalBytesPerSecond: number;
  /** The most delivered in one second lately; decays over minutes. */
  readonly bestPerSecond: number;
}

const smoothing = 1 / 30;
const decay = 0.998;

export function createRates(): Rates {
  let ended = 0;
  let delivered = 0;
  let lastBacklog: number | null = null;
  let bytesPerEvent = 500;
  let arrivals: number | null = null;
  let best = 0;
  return {
    ended(isDelivered) {
      ended++;
      if (isDelivered) delivered++;
    },
    sample(events, bytes) {
      if (events > 0) bytesPerEvent = bytes / events;
      const now = lastBacklog === null ? 0 : Math.max(0, events - lastBacklog + ended);
      arrivals = arrivals === null ? now : arrivals + (now - arrivals) * smoothing;
      best = Math.max(best * decay, delivered);
      lastBacklog = events;
      ended = 0;
      delivered = 0;
    },
    get arrivalsPerSecond() {
      return arrivals ?? 0;
    },
    get arrivalBytesPerSecond() {
      return (arrivals ?? 0) * bytesPerEvent;
    },
    get bestPerSecond() {
      return best;
    },
  };
}
