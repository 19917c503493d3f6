/** The accumulators behind the meter: plain mutable counters, because they are touched for each event. */
import type { LateBucket } from '#contract/telemetry/ingest.ts';
import { type ErrorClass, errorClasses } from '#contract/telemetry/tick.ts';
import { createSketch, type LatencySketch, record } from './latency-sketch.ts';
import type { IngestCounts, IngestReport } from './meter.ts';

/** One source's events in a window (or since some start). */
export class SourceWindow implements IngestCounts, Readonly<Record<LateBucket, number>> {
  accepted = 0;
  duplicate = 0;
  malformed = 0;
  quarantined = 0;
  throttled = 0;
  refused = 0;
  bytes = 0;
  underHour = 0;
  underDay = 0;
  underWeek = 0;
  older = 0;
  future = 0;

  add(counts: IngestReport, bytes: number): void {
    this.accepted += counts.accepted ?? 0;
    this.duplicate += counts.duplicate ?? 0;
    this.malformed += counts.malformed ?? 0;
    this.quarantined += counts.quarantined ?? 0;
    this.throttled += counts.throttled ?? 0;
    this.refused += counts.refused ?? 0;
    this.bytes += bytes;
    this.underHour += counts.underHour ?? 0;
    this.underDay += counts.underDay ?? 0;
    this.underWeek += counts.underWeek ?? 0;
    this.older += counts.older ?? 0;
    this.future += counts.future ?? 0;
  }

  addAll(other: SourceWindow): void {
    this.add(other, other.bytes);
  }

  /** S1: received is what the six fates add up to. */
  get received(): number {
    return this.accepted + this.duplicate + this.malformed + this.quarantined + this.throttled + this.refused;
  }
}

/** Upper bounds of the request duration histogram, ms. */
export const durationBoundsMs = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000] as const;

export type ErrorCounts = Record<ErrorClass, number>;

function noErrors(): ErrorCounts {
  return { throttled: 0, server: 0, timeout: 0, network: 0, auth: 0, rejected: 0, uncertain: 0 };
}

/** One destination's deliveries in a window. */
export class DestinationWindow {
  confirmed = 0;
  accepted = 0;
  dropped = 0;
  bytesOut = 0;
  requests = 0;
  readonly errors = noErrors();
  /** Events per source. */
  readonly flows = new Map<string, number>();
  /** Null until the first request: an idle destination costs nothing. */
  latency: LatencySketch | null = null;
  readonly #totals: DestinationTotals;

  constructor(totals: DestinationTotals) {
    this.#totals = totals;
  }

  addRequest(latencyMs: number, bytes: number): void {
    this.requests++;
    this.bytesOut += bytes;
    this.latency ??= createSketch();
    record(this.latency, latencyMs);
    this.#totals.observe(latencyMs);
  }

  addDelivered(source: string, confirmed: number, accepted: number): void {
    this.confirmed += confirmed;
    this.accepted += accepted;
    this.flows.set(source, (this.flows.get(source) ?? 0) + confirmed + accepted);
  }

  addFailed(errorClass: ErrorClass, events: number): void {
    this.errors[errorClass] += events;
  }

  addDropped(events: number): void {
    this.dropped += events;
  }

  get failed(): number {
    let sum = 0;
    for (const name of errorClasses) sum += this.errors[name];
    return sum;
  }

  /** Adds the window to what was counted since the start. */
  close(): void {
    this.#totals.add(this);
  }
}

/** One destination since the process started. */
export class DestinationTotals {
  confirmed = 0;
  accepted = 0;
  dropped = 0;
  bytesOut = 0;
  durationSumMs = 0;
  /** Requests per bound of `durationBoundsMs`, and one beyond the last; not cumulative. */
  readonly durations: number[] = new Array(durationBoundsMs.length + 1).fill(0);
  readonly errors = noErrors();

  observe(latencyMs: number): void {
    let index = 0;
    while (index < durationBoundsMs.length && latencyMs > (durationBoundsMs[index] ?? 0)) index++;
    this.durations[index] = (this.durations[index] ?? 0) + 1;
    this.durationSumMs += latencyMs;
  }

  add(window: DestinationWindow): void {
    this.confirmed += window.confirmed;
    this.accepted += window.accepted;
    this.dropped += window.dropped;
    this.bytesOut += window.bytesOut;
    for (const name of errorClasses) this.errors[name] += window.errors[name];
  }
}
