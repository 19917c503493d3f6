/** What one source, or one of its keys, may send, and what it has sent. */
import type { Limits } from '#contract/documents/limits.ts';
import { burstOf, type Reached } from './limit-error.ts';
import type { DayCount } from './quota.ts';
import { TokenBucket } from './token-bucket.ts';

const daySeconds = 86_400;

export class Standing {
  readonly of: 'source' | 'key';
  limits: Limits = {};
  #bucket: TokenBucket | null = null;
  /** Counted while there is a quota. */
  readonly day: DayCount;

  constructor(of: Standing['of'], day: DayCount) {
    this.of = of;
    this.day = day;
  }

  get isLimited(): boolean {
    return this.#bucket !== null || this.limits.dailyQuota !== undefined;
  }

  /** @param now monotonic ms */
  setLimits(limits: Limits, now: number): void {
    this.limits = limits;
    const { ratePerSecond } = limits;
    if (ratePerSecond === undefined) this.#bucket = null;
    else this.#bucket = this.#bucket?.changed(ratePerSecond, burstOf(limits), now) ?? new TokenBucket(ratePerSecond, burstOf(limits), now);
  }

  /** The limit that stands in the way of any event now, or null. @param now monotonic ms @param at epoch ms */
  reached(now: number, at: number): Reached | null {
    const { dailyQuota } = this.limits;
    if (dailyQuota !== undefined && this.day.used(at) >= dailyQuota)
      return { reason: 'quota', of: this.of, waitMs: this.day.resetsAt - at, quota: dailyQuota, windowSeconds: daySeconds };
    const waitMs = this.#bucket?.waitMs(now) ?? 0;
    if (this.#bucket === null || waitMs === 0) return null;
    const { burst, perSecond } = this.#bucket;
    return { reason: 'rate', of: this.of, waitMs, quota: burst, windowSeconds: burst / perSecond };
  }

  /** Counts events of a request that is taken. */
  charge(events: number, now: number, at: number): void {
    this.#bucket?.take(events, now);
    if (this.limits.dailyQuota !== undefined) this.day.add(events, at);
  }

  /** Events that were not stored after all do not use up the day. */
  giveBack(events: number, at: number): void {
    if (this.limits.dailyQuota !== undefined) this.day.add(-events, at);
  }

  reading(now: number, at: number) {
    const { dailyQuota } = this.limits;
    const used = this.day.used(at);
    return {
      limits: this.limits,
      available: this.#bucket === null ? null : Math.floor(this.#bucket.available(now)),
      quota: dailyQuota === undefined ? null : { used, remaining: Math.max(0, dailyQuota - used), resetsAt: this.day.resetsAt },
    };
  }
}
