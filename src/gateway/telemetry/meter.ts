import type { ErrorClass } from '#contract/telemetry/tick.ts';

/** What became of the events of one ingest request. received = the sum of the others (S1). */
export interface IngestCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly malformed: number;
  readonly quarantined: number;
  readonly throttled: number;
  readonly refused: number;
}

/** Where every stage reports what it did. Cheap: a few additions, never I/O. */
export interface Meter {
  ingest(source: string, counts: Partial<IngestCounts>, bytes: number): void;
  /** One finished request to a vendor. `latencyMs` from first byte out to answer. */
  request(destination: string, latencyMs: number, bytes: number): void;
  /** Events that reached the vendor, from one source. */
  delivered(destination: string, source: string, confirmed: number, accepted: number): void;
  failed(destination: string, errorClass: ErrorClass, events: number): void;
  dropped(destination: string, events: number): void;
}
