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
 *
 * That is what it *measures*. What a person *forces* lies beside it and wins: forced open nothing is sent, forced closed
 * everything is. It goes on measuring under a force, so that one sees what giving it back would do.
 *
 * Hand-made because the lane asks before a request and reports after it, over calls that overlap, and
 * counts slow calls as failures; libraries wrap one promise and know no slow calls.
 */
import type { ForcedState } from '#contract/documents/breaker.ts';
import type { Destination } from '#contract/documents/destination.ts';
import type { BreakerState, BreakerWindow } from '#contract/telemetry/breaker.ts';
import { type CallCounts, createCallCounts } from './call-counts.ts';

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

/** Of the request timeout: what takes longer is slow, unless the destination says otherwise. */
const slowOfTimeout = 0.8;

/** How the breaker of a destination judges. */
export function breakerOptionsOf({ timeoutMs, breaker }: Destination['delivery']): BreakerOptions {
  const { failureShare, slowShare, minCalls, openMs, slowMs = timeoutMs * slowOfTimeout } = breaker;
  const longestOpenMs = Math.max(openMs, breakerDefaults.longestOpenMs);
  return { ...breakerDefaults, failureShare, slowShare, minCalls, openMs, slowMs, longestOpenMs };
}

/** What a person makes a breaker do, with who and why. */
export interface Force {
  readonly state: ForcedState;
  readonly by: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
}

/** A breaker that is not closed, as it outlives its process. Times are epoch ms. */
export interface BreakerNote {
  readonly state: 'open' | 'half-open';
  readonly why: string;
  readonly troubledSince: number;
  readonly opensAt: number;
  readonly openMs: number;
}

export interface Breaker {
  /** What it does: forced, or as measured. */
  readonly state: BreakerState;
  /** What it would do by itself. */
  readonly measured: BreakerState;
  readonly forced: Force | null;
  /** In an operator's words, why it is not simply closed; empty where it is. */
  readonly why: string;
  /** Epoch ms at which it last left `closed`; while it probes and opens again this stays. */
  readonly troubledSince: number;
  /** Epoch ms at which an open breaker lets probes through. */
  readonly opensAt: number;
  /** The calls that it judges by. */
  window(): BreakerWindow;
  /** How many more calls may start now; 0 while open. */
  allowance(): number;
  started(): void;
  /** Reports a call that `started`. `at`, epoch ms, spares a look at the clock where the caller just had one. */
  finished(good: boolean, latencyMs: number, at?: number): void;
  /** Takes back a `started` that never sent a byte. */
  withdrawn(): void;
  /** Starts over with probes: used when a timer reopens a switch. */
  probe(): void;
  /** In force when this returns. null gives it back: what was forced open probes first. */
  force(force: Force | null): void;
}

export interface BreakerMemory {
  /** What a former process or a former set of options measured last; null where it was closed. */
  readonly note: BreakerNote | null;
  /** Told of each change of what is measured; null is closed. */
  keep(note: BreakerNote | null): void;
}

const forgetful: BreakerMemory = { note: null, keep() {} };

/** What it would do by itself: the three states, from the calls that end. */
class Measuring {
  readonly #options: BreakerOptions;
  readonly #now: () => number;
  readonly #keep: BreakerMemory['keep'];
  readonly #counts: CallCounts;
  state: BreakerState = 'closed';
  why = '';
  troubledSince: number;
  opensAt = 0;
  #openMs: number;
  #probing = 0;
  #probed = 0;

  constructor(options: BreakerOptions, now: () => number, { note, keep }: BreakerMemory) {
    this.#options = options;
    this.#now = now;
    this.#keep = keep;
    this.#counts = createCallCounts(options.windowMs, now);
    this.#openMs = options.openMs;
    this.troubledSince = now();
    if (note !== null) this.#restore(note);
  }

  #restore(note: BreakerNote): void {
    const { openMs, longestOpenMs } = this.#options;
    const now = this.#now();
    this.state = 'open';
    this.why = note.why;
    this.troubledSince = Math.min(note.troubledSince, now);
    this.#openMs = Math.min(Math.max(note.openMs, openMs), longestOpenMs);
    // Its probes died with the process: it probes anew at once. A clock that was set back must not keep it open for longer than it may be.
    this.opensAt = note.state === 'half-open' ? now : Math.min(note.opensAt, now + this.#openMs);
  }

  #enter(next: BreakerState): void {
    this.state = next;
    this.#probing = 0;
    this.#probed = 0;
    this.#counts.clear();
    if (next === 'closed') this.why = '';
    const { why, troubledSince, opensAt } = this;
    this.#keep(next === 'closed' ? null : { state: next, why, troubledSince, opensAt, openMs: this.#openMs });
  }

  #open(because: string): void {
    const { openMs, longestOpenMs } = this.#options;
    if (this.state === 'closed') this.troubledSince = this.#now();
    this.#openMs = this.state === 'half-open' ? Math.min(longestOpenMs, this.#openMs * 2) : openMs;
    this.why = because;
    this.opensAt = this.#now() + this.#openMs;
    this.#enter('open');
  }

  /** From now on calls are probes. */
  probe(openMs = this.#options.openMs): void {
    if (this.state === 'closed') this.troubledSince = this.#now();
    this.#openMs = openMs;
    this.#enter('half-open');
  }

  allowance(): number {
    if (this.state === 'closed') return Number.POSITIVE_INFINITY;
    if (this.isResting()) return 0;
    if (this.state === 'open') this.probe(this.#openMs);
    return this.#options.probes - this.#probing - this.#probed;
  }

  /** Open, and not yet for long enough. */
  isResting(): boolean {
    return this.state === 'open' && this.#now() < this.opensAt;
  }

  window(): BreakerWindow {
    const { windowMs, slowMs } = this.#options;
    return { windowMs, slowMs, ...this.#counts.read() };
  }

  started(): void {
    if (this.state === 'half-open') this.#probing++;
  }
  withdrawn(): void {
    this.#probing = Math.max(0, this.#probing - 1);
  }

  finished(wasGood: boolean, latencyMs: number, at: number | undefined): void {
    if (this.state === 'open') return;
    const isSlow = latencyMs > this.#options.slowMs;
    if (this.state === 'half-open') return this.#probeEnded(wasGood, isSlow);
    this.#counts.add(wasGood, isSlow, at);
    if (!wasGood || isSlow) this.#judge();
  }

  #judge(): void {
    const { calls, failed, slow } = this.#counts.read();
    const { minCalls, failureShare, slowShare, slowMs } = this.#options;
    if (calls < minCalls) return;
    if (failed >= calls * failureShare) this.#open(`${failed} of ${calls} requests failed`);
    else if (slow >= calls * slowShare) this.#open(`${slow} of ${calls} requests took longer than ${Math.round(slowMs)} ms`);
  }

  #probeEnded(wasGood: boolean, isSlow: boolean): void {
    this.#probing = Math.max(0, this.#probing - 1);
    if (!wasGood) return this.#open('a probe failed');
    if (isSlow) return this.#open(`a probe took longer than ${Math.round(this.#options.slowMs)} ms`);
    if (++this.#probed < this.#options.probes) return;
    this.#openMs = this.#options.openMs;
    this.#enter('closed');
  }
}

export function createBreaker(options: BreakerOptions, now: () => number, memory: BreakerMemory = forgetful): Breaker {
  const measuring = new Measuring(options, now, memory);
  let forced: Force | null = null;
  return {
    get state() {
      return forced === null ? measuring.state : forced.state;
    },
    get measured() {
      return measuring.state;
    },
    get forced() {
      return forced;
    },
    get why() {
      return forced === null ? measuring.why : `forced ${forced.state} by ${forced.by}${forced.reason ? `: ${forced.reason}` : ''}`;
    },
    get troubledSince() {
      return forced === null ? measuring.troubledSince : forced.at;
    },
    get opensAt() {
      return measuring.opensAt;
    },
    allowance() {
      if (forced === null) return measuring.allowance();
      return forced.state === 'closed' ? Number.POSITIVE_INFINITY : 0;
    },
    window: () => measuring.window(),
    started: () => measuring.started(),
    withdrawn: () => measuring.withdrawn(),
    finished(wasGood, latencyMs, at) {
      // Forced closed it sends whatever was measured: once it has rested, every call is a probe.
      if (forced?.state === 'closed' && measuring.state === 'open') measuring.allowance();
      measuring.finished(wasGood, latencyMs, at);
    },
    probe: () => measuring.probe(),
    force(next) {
      const wasOpen = forced?.state === 'open';
      forced = next;
      if (wasOpen && next === null) measuring.probe();
    },
  };
}
