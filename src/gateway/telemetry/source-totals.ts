import { type Lateness, lateBuckets } from '#contract/telemetry/ingest.ts';
import { latenessOf } from './lateness.ts';
import type { IngestCounts, MeterWindow } from './meter.ts';
import { SourceWindow } from './meter-window.ts';
import type { StoredTotals } from './window-rows.ts';

/** In the order of the counts on disk: append only. */
const fates = ['accepted', 'duplicate', 'malformed', 'quarantined', 'throttled', 'refused', 'bytes', ...lateBuckets] as const;

/** The ledger of one source since it exists (S1). */
export interface SourceTotals extends IngestCounts {
  readonly source: string;
  readonly received: number;
}

export interface TotalsBook {
  /** Adds a window and returns what changed, to be stored. */
  add(window: MeterWindow): StoredTotals;
  /** All sources, with what they counted since the last `add`. */
  list(pending: ReadonlyMap<string, SourceWindow>): readonly SourceTotals[];
  /** How late the accepted events of a source were, since it exists. */
  lateness(source: string, pending: ReadonlyMap<string, SourceWindow>): Lateness;
}

/** Continues from what was stored before the last restart. */
export function createTotalsBook(stored: StoredTotals): TotalsBook {
  const bySource = new Map<string, SourceWindow>();
  for (const [source, counts] of Object.entries(stored)) {
    const window = new SourceWindow();
    fates.forEach((fate, index) => {
      window[fate] = counts[index] ?? 0;
    });
    bySource.set(source, window);
  }
  function totalOf(source: string, pending: ReadonlyMap<string, SourceWindow>): SourceWindow {
    const total = new SourceWindow();
    for (const counted of [bySource.get(source), pending.get(source)]) if (counted) total.addAll(counted);
    return total;
  }
  return {
    add(window) {
      const changed: Record<string, number[]> = {};
      for (const [source, counted] of window.sources) {
        const total = bySource.get(source) ?? new SourceWindow();
        bySource.set(source, total);
        total.addAll(counted);
        changed[source] = fates.map((fate) => total[fate]);
      }
      return changed;
    },
    list(pending) {
      const sources = new Set([...bySource.keys(), ...pending.keys()]);
      return [...sources].map((source) => {
        const { accepted, duplicate, malformed, quarantined, throttled, refused, received } = totalOf(source, pending);
        return { source, received, accepted, duplicate, malformed, quarantined, throttled, refused };
      });
    },
    lateness(source, pending) {
      const total = totalOf(source, pending);
      return latenessOf(total.accepted, total);
    },
  };
}
