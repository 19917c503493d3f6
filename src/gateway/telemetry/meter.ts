import type { LateBucket } from '#contract/telemetry/ingest.ts';
import type { ErrorClass } from '#contract/telemetry/tick.ts';
import type { Landed } from '#gateway/security/answer-book.ts';
import { DestinationTotals, DestinationWindow, SourceWindow } from './meter-window.ts';

/** What became of the events of one ingest request. received = the sum of the others (S1). */
export interface IngestCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly malformed: number;
  readonly quarantined: number;
  readonly throttled: number;
  readonly refused: number;
}

/** What became of events, and of the accepted ones how many were late. Absent counts are 0. */
export type IngestReport = Partial<IngestCounts & Readonly<Record<LateBucket, number>>>;

/** Where every stage reports what it did. Cheap: a few additions, never I/O. */
export interface Meter {
  ingest(source: string, counts: IngestReport, bytes: number): void;
  /** One finished request to a vendor. `latencyMs` from first byte out to answer. */
  request(destination: string, latencyMs: number, bytes: number): void;
  /** Events that reached the vendor, from one source. */
  delivered(destination: string, source: string, confirmed: number, accepted: number): void;
  failed(destination: string, errorClass: ErrorClass, events: number): void;
  dropped(destination: string, events: number): void;
  /** What a request came to, where somebody keeps account of answers. */
  answered?(destination: string, landed: Landed): void;
}

/** What was metered since the window before. */
export interface MeterWindow {
  readonly sources: ReadonlyMap<string, SourceWindow>;
  readonly destinations: ReadonlyMap<string, DestinationWindow>;
}

/** The meter as telemetry holds it. */
export interface MeterReader extends Meter {
  /** Hands over what was counted and starts at zero. */
  take(): MeterWindow;
  /** What the sources counted since the last `take`. */
  pending(): ReadonlyMap<string, SourceWindow>;
  /** Counted since the process started; never falls. For Prometheus. */
  readonly totals: { readonly sources: ReadonlyMap<string, SourceWindow>; readonly destinations: ReadonlyMap<string, DestinationTotals> };
  /** Forgets the totals of sources and destinations that exist no more. */
  retain(sources: ReadonlySet<string>, destinations: ReadonlySet<string>): void;
}

export function createMeter(): MeterReader {
  const sourceTotals = new Map<string, SourceWindow>();
  const destinationTotals = new Map<string, DestinationTotals>();
  let sources = new Map<string, SourceWindow>();
  let destinations = new Map<string, DestinationWindow>();

  function windowOf(destination: string): DestinationWindow {
    let window = destinations.get(destination);
    if (!window) {
      let totals = destinationTotals.get(destination);
      if (!totals) {
        totals = new DestinationTotals();
        destinationTotals.set(destination, totals);
      }
      window = new DestinationWindow(totals);
      destinations.set(destination, window);
    }
    return window;
  }

  return {
    ingest: (source, counts, bytes) => sourceWindowOf(sources, source).add(counts, bytes),
    request: (destination, latencyMs, bytes) => windowOf(destination).addRequest(latencyMs, bytes),
    delivered: (destination, source, confirmed, accepted) => windowOf(destination).addDelivered(source, confirmed, accepted),
    failed: (destination, errorClass, events) => windowOf(destination).addFailed(errorClass, events),
    dropped: (destination, events) => windowOf(destination).addDropped(events),
    take() {
      const window = { sources, destinations };
      for (const [id, counted] of sources) sourceWindowOf(sourceTotals, id).addAll(counted);
      for (const counted of destinations.values()) counted.close();
      sources = new Map();
      destinations = new Map();
      return window;
    },
    pending: () => sources,
    totals: { sources: sourceTotals, destinations: destinationTotals },
    retain(keptSources, keptDestinations) {
      for (const id of sourceTotals.keys()) if (!keptSources.has(id)) sourceTotals.delete(id);
      for (const id of destinationTotals.keys()) if (!keptDestinations.has(id)) destinationTotals.delete(id);
    },
  };
}

function sourceWindowOf(map: Map<string, SourceWindow>, id: string): SourceWindow {
  let window = map.get(id);
  if (!window) {
    window = new SourceWindow();
    map.set(id, window);
  }
  return window;
}
