/**
 * What is kept of a window, per kind of subject, and how windows roll up into a longer one. The
 * order of columns is the format on disk: append only, and raise `FORMAT_VERSION` in the
 * store when the meaning of one changes.
 */
import { lateBuckets } from '#contract/telemetry/ingest.ts';
import { errorClasses } from '#contract/telemetry/tick.ts';

export const subjectTypes = ['gateway', 'source', 'destination'] as const;
export type SubjectType = (typeof subjectTypes)[number];

export interface Column {
  readonly name: string;
  /** sum: counts, shown as a rate a second. max, last: readings. mean: readings, weighted by window length. */
  readonly roll: 'sum' | 'max' | 'last' | 'mean';
  /** Stored as a whole number of 1/scale. */
  readonly scale: number;
}

export interface Layout {
  readonly columns: readonly Column[];
  /** Names of the percentile series of each sketch: `<prefix>p50` and so on. */
  readonly sketches: readonly string[];
}

function columns(roll: Column['roll'], names: readonly string[], scale = 1): Column[] {
  return names.map((name) => ({ name, roll, scale }));
}

export const layouts: Readonly<Record<SubjectType, Layout>> = {
  gateway: {
    columns: [
      ...columns('sum', ['received', 'accepted', 'delivered', 'failed', 'dropped']),
      ...columns('mean', ['cpu'], 10_000),
      ...columns('max', ['loopLagP99Ms'], 1000),
      ...columns('last', ['rssBytes', 'heapBytes', 'diskFreeBytes', 'logBytes', 'sockets', 'head']),
    ],
    sketches: ['commit.', 'settle.'],
  },
  source: {
    columns: columns('sum', [
      ...['accepted', 'duplicate', 'malformed', 'quarantined', 'throttled', 'refused', 'bytes'],
      ...lateBuckets.map((name) => `lateness.${name}`),
    ]),
    sketches: [],
  },
  destination: {
    columns: [
      ...columns('sum', ['delivered', 'confirmed', 'dropped', ...errorClasses.map((name) => `error.${name}`), 'bytesOut']),
      ...columns('max', ['inFlight']),
      ...columns('last', ['waiting', 'held', 'retrying', 'dead']),
      ...columns('max', ['oldestAgeMs']),
      ...columns('last', ['budgetUsed'], 1_000_000),
    ],
    sketches: [''],
  },
};
