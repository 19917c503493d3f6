/** What one destination's last attempts came to, kept from the ticks. */
import { type DestinationTick, type ErrorClass, errorClasses } from '#contract/telemetry/tick.ts';
import type { Traffic } from './evidence.ts';

interface Span {
  readonly at: number;
  readonly delivered: number;
  readonly failed: number;
  readonly errors: DestinationTick['errors'];
}
interface Latencies {
  readonly at: number;
  readonly calls: number;
  readonly isSlow: boolean;
}

/** Attempts are looked at this far back at most; less far where enough of them are younger, so that an end of trouble shows soon. */
const spanMs = 60_000;
const recentMs = 10_000;
const enoughAttempts = 50;
const slowSpanMs = 10_000;
const fewestSlowCalls = 5;
/** Slow: this many times as long as usual, and noticeable; or nearly as long as a request may take. */
const slowFactor = 5;
const slowestUnnoticedMs = 500;
const nearTimeout = 0.8;
/** How much one second counts in what is usual: minutes decide. */
const usualWeight = 0.02;

export interface TrafficWatch {
  /** Takes one tick in. `isLearning`: all is well, so this second's latency is part of what is usual. */
  add(tick: DestinationTick, at: number, timeoutMs: number, isLearning: boolean): void;
  read(at: number): Traffic;
}

export function createTrafficWatch(): TrafficWatch {
  const spans: Span[] = [];
  const latencies: Latencies[] = [];
  const unattempted = createUnattempted();
  let usualMs: number | null = null;
  let isStanding = false;
  /** Two look at each second: the destination's own verdict, and those of its neighbours. */
  let lastRead: { readonly at: number; readonly traffic: Traffic } | null = null;

  function addLatency({ latency }: DestinationTick, at: number, timeoutMs: number, isLearning: boolean): void {
    while (latencies[0] !== undefined && latencies[0].at <= at - slowSpanMs) latencies.shift();
    const { n, p50 } = latency;
    if (n === 0 || p50 === null) return;
    const limitMs = usualMs === null ? Number.POSITIVE_INFINITY : Math.max(slowestUnnoticedMs, usualMs * slowFactor);
    const isSlow = p50 > Math.min(limitMs, timeoutMs * nearTimeout);
    latencies.push({ at, calls: n, isSlow });
    if (isLearning && !isSlow) usualMs = usualMs === null ? p50 : usualMs + (p50 - usualMs) * usualWeight;
  }

  return {
    add(tick, at, timeoutMs, isLearning) {
      lastRead = null;
      const attempted = errorClasses.reduce((sum, name) => sum + (tick.errors[name] ?? 0), 0);
      const refused = unattempted(tick.dead, attempted);
      const errors = refused === 0 ? tick.errors : { ...tick.errors, rejected: (tick.errors.rejected ?? 0) + refused };
      const failed = attempted + refused;
      isStanding = tick.state === 'breaker' || tick.state === 'held';
      if (tick.delivered + failed > 0) spans.push({ at, delivered: tick.delivered, failed, errors });
      // A lane that stands still because of its last attempts is judged by them, however old.
      const from = isStanding ? (spans.at(-1)?.at ?? at) : at;
      while (spans[0] !== undefined && spans[0].at <= from - spanMs) spans.shift();
      addLatency(tick, at, timeoutMs, isLearning);
    },
    read(at) {
      if (lastRead?.at !== at) lastRead = { at, traffic: readAt(at) };
      return lastRead.traffic;
    },
  };

  function readAt(at: number): Traffic {
    const from = isStanding ? (spans.at(-1)?.at ?? at) : at;
    const errors: Partial<Record<ErrorClass, number>> = {};
    let [delivered, attempts] = [0, 0];
    for (let index = spans.length - 1; index >= 0; index--) {
      const span = spans[index] as Span;
      if (span.at <= from - recentMs && attempts >= enoughAttempts) break;
      delivered += span.delivered;
      attempts += span.delivered + span.failed;
      if (span.failed > 0)
        for (const name of errorClasses) if (span.errors[name]) errors[name] = (errors[name] ?? 0) + (span.errors[name] ?? 0);
    }
    // By seconds and not by calls: a vendor that became slow takes fewer calls a second than it did before.
    const slow = latencies.filter(({ isSlow }) => isSlow);
    const slowCalls = slow.reduce((sum, { calls }) => sum + calls, 0);
    const isSlow = slowCalls >= fewestSlowCalls && slow.length * 2 > latencies.length;
    return { delivered, errors, isSlow, lastAt: spans.at(-1)?.at ?? null };
  }
}

/** What was attempted may become a dead letter this many ticks later: settling takes its time. */
const settleTicks = 3;

/** Counts dead letters that no attempt made: what the connector refuses to encode never meets the vendor. */
function createUnattempted(): (dead: number, failed: number) => number {
  const recent: number[] = [];
  let before: number | null = null;
  return (dead, failed) => {
    const grown = before === null ? 0 : Math.max(0, dead - before);
    before = dead;
    recent.push(failed);
    if (recent.length > settleTicks) recent.shift();
    return Math.max(0, grown - recent.reduce((sum, count) => sum + count, 0));
  };
}
