/**
 * Circuit breaker of one lane.
 *
 *   closed ──too many failed or slow calls in the window──▶ open
 *   open ──after openMs──▶ half-open (a few probes)
 *   half-open ──all probes good──▶ closed;  ──any probe bad──▶ open, twice as long
 *
 * closed: counts calls in a sliding window; judges only above `minCalls`.
 * open: nothing is sent and no attempt is consumed.
 * half-open: at most `probes` calls at once.
 * Hand-made because the lane asks before a request and reports after it, over calls that overlap, and
 * counts slow calls as failures; libraries wrap one promise and know no slow calls.
 */
import { createCallCounts } from './call-counts.ts';

export interface BreakerOptions {
  readonly windowMs: number;
  /** Share of failed calls that opens it, 0..1. */
  readonly failureShare: number;
  /** Share of slow calls that opens it, 0..1. */
  readonly slowShare: number;
  /** A call that took longer is slow, ms. */
  readonly slowMs: number;
  readonly minCalls: number;
  readonly openMs: number;
  readonly longestOpenMs: number;
  readonly probes: number;
}

export const breakerDefaults: BreakerOptions = {
  windowMs: 10_000,
  failureShare: 0.5,
  slowShare: 0.9,
  slowMs: 8_000,
  minCalls: 20,
  openMs: 5_000,
  longestOpenMs: 60_000,
  probes: 3,
};

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface Breaker {
  readonly state: BreakerState;
  /** Epoch ms at which it last left `closed`; while it probes and opens again this stays. */
  readonly troubledSince: number;
  /** Epoch ms at which an open breaker lets probes through. */
  readonly opensAt: number;
  /** How many more calls may start now; 0 while open. */
  allowance(): number;
  started(): void;
  /** Reports a call that `started`. */
  finished(good: boolean, latencyMs: number): void;
  /** Takes back a `started` that never sent a byte. */
  withdrawn(): void;
  /** Starts over with probes: used when a timer reopens a switch. */
  probe(): void;
}

export function createBreaker(options: BreakerOptions, now: () => number): Breaker {
  const counts = createCallCounts(options.windowMs, now);
  let state: BreakerState = 'closed';
  let since = now();
  let troubledSince = since;
  let opensAt = 0;
  let openMs = options.openMs;
  let probing = 0;
  let probed = 0;

  function enter(next: BreakerState): void {
    state = next;
    since = now();
    probing = 0;
    probed = 0;
    counts.clear();
  }
  function open(): void {
    const wasProbing = state === 'half-open';
    if (state === 'closed') troubledSince = now();
    openMs = wasProbing ? Math.min(options.longestOpenMs, openMs * 2) : options.openMs;
    enter('open');
    opensAt = since + openMs;
  }
  function judge(): void {
    const { calls, failed, slow } = counts.read();
    if (calls < options.minCalls) return;
    if (failed >= calls * options.failureShare || slow >= calls * options.slowShare) open();
  }

  return {
    get state() {
      return state;
    },
    get troubledSince() {
      return troubledSince;
    },
    get opensAt() {
      return opensAt;
    },
    allowance() {
      if (state === 'closed') return Number.POSITIVE_INFINITY;
      if (state === 'open') {
        if (now() < opensAt) return 0;
        enter('half-open');
      }
      return options.probes - probing - probed;
    },
    started() {
      if (state === 'half-open') probing++;
    },
    withdrawn() {
      if (state === 'half-open') probing = Math.max(0, probing - 1);
    },
    finished(wasGood, latencyMs) {
      const isSlow = latencyMs > options.slowMs;
      if (state === 'open') return;
      if (state === 'half-open') {
        probing = Math.max(0, probing - 1);
        if (!wasGood || isSlow) return open();
        probed++;
        if (probed >= options.probes) {
          openMs = options.openMs;
          enter('closed');
        }
        return;
      }
      counts.add(wasGood, isSlow);
      if (!wasGood || isSlow) judge();
    },
    probe() {
      if (state === 'closed') troubledSince = now();
      openMs = options.openMs;
      enter('half-open');
    },
  };
}
