/**
 * How many events a lane may send again. Where everything fails, resends would otherwise double the load on a vendor that
 * cannot bear what it has: they may be a share of what is sent for the first time, beside a floor that lets a
 * quiet lane recover (Finagle's RetryBudget: 20 % and ten requests a second over ten seconds). What finds
 * no budget waits in its row; nothing is given up for it.
 */
export interface RetryBudget {
  /** Events that may be sent again now. */
  available(): number;
  /** So many more each second, whatever is sent for the first time. */
  readonly floorPerSecond: number;
  use(events: number): void;
  /** Events that were sent for the first time. */
  sentFirst(events: number): void;
}

const floorRequestsPerSecond = 10;
const horizonSeconds = 10;

/**
 * @param share 0..1
 * @param batchSize events a request
 */
export function createRetryBudget(share: number, batchSize: number, now: () => number): RetryBudget {
  const floorPerSecond = floorRequestsPerSecond * batchSize;
  let saved = floorPerSecond;
  let sent = 0;
  let last = now();
  return {
    floorPerSecond,
    available() {
      const seconds = Math.max(0, now() - last) / 1000;
      last += seconds * 1000;
      // Only the last ten seconds count, of floor and of traffic alike.
      const earned = sent * share * Math.min(1, horizonSeconds / seconds);
      sent = 0;
      const most = Math.max(saved, horizonSeconds * floorPerSecond + earned);
      saved = Math.min(most, saved + earned + seconds * floorPerSecond);
      return Math.max(0, Math.floor(saved));
    },
    use(events) {
      saved -= events;
    },
    sentFirst(events) {
      sent += events;
    },
  };
}
