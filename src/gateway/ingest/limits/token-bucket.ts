/**
 * A token bucket that may go into debt: a request is taken whole while there is anything left, and what it was too large by is
 * waited for. So a batch larger than the burst still gets through, and the average holds all the same.
 */
export class TokenBucket {
  readonly perSecond: number;
  readonly burst: number;
  #tokens: number;
  /** Monotonic ms of the last look. */
  #at: number;

  /** Starts full. @param now monotonic ms */
  constructor(perSecond: number, burst: number, now: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** What may be taken now; negative in debt. */
  available(now: number): number {
    if (now > this.#at) {
      this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#at) * this.perSecond) / 1000);
      this.#at = now;
    }
    return this.#tokens;
  }

  /** ms until a request is taken; 0 where it would be now. */
  waitMs(now: number): number {
    const lacking = 1 - this.available(now);
    return lacking <= 0 ? 0 : (lacking * 1000) / this.perSecond;
  }

  take(count: number, now: number): void {
    this.#tokens = this.available(now) - count;
  }

  /** Another rate, with the debt of this one. */
  changed(perSecond: number, burst: number, now: number): TokenBucket {
    const bucket = new TokenBucket(perSecond, burst, now);
    bucket.#tokens = Math.min(burst, this.available(now));
    return bucket;
  }
}
