import { statfsSync } from 'node:fs';

const mb = 1024 * 1024;

export interface SqliteLogOptions {
  /** Data folder; made where it does not exist. */
  readonly folder: string;
  /** Incarnation of the data folder, as its documents know it. Absent: whatever the lanes say. */
  readonly incarnation?: string | null;
  /** Disk that the log may use, bytes. Ingest stops at 95 % of it. */
  readonly diskBudgetBytes: number;
  /** How long a message id is remembered, ms. */
  readonly dedupeWindowMs: number;
  /** How many message ids are remembered at most. */
  readonly dedupeMaxEntries: number;
  /** How long settled events are kept, ms; a function is asked anew whenever it matters. */
  readonly retentionMs: number | (() => number);
  /** Size at which a segment is closed, bytes. Default 128 MB, but at most an eighth of the budget. */
  readonly segmentBytes?: number;
  /** Bodies that the shared tail keeps parsed in memory, bytes. Default 16 MB. */
  readonly tailBytes?: number;
  /** Events whose route and size are kept in memory, so that settles are proved without the disk. Default 131,072 (2 MB). */
  readonly recentEvents?: number;
  /** Events between two snapshots of the accepted totals. Default 65,536. */
  readonly snapshotEvents?: number;
  /** Ingest stops where less than this is free on the disk, bytes. Default 256 MB, but at most 5 % of the budget. */
  readonly lowDiskBytes?: number;
  /** Wall clock, epoch ms. */
  readonly now?: () => number;
  /** Monotonic ms. */
  readonly monotonic?: () => number;
  /** Free bytes on the disk; null where unknown. */
  readonly diskFree?: () => number | null;
  /** Pages that the open segment may have; for tests of a full disk. */
  readonly maxSegmentPages?: () => number | null;
  /** A worker died: a bug. Default: throws where nothing catches it, which ends the process. */
  readonly onCrash?: (error: Error) => void;
}

/** A segment goes as a whole: closed after this share of the retention, its oldest event stays at most so much longer. */
const segmentAgeShare = 1 / 8;

export interface Limits extends Required<Omit<SqliteLogOptions, 'now' | 'retentionMs'>> {
  retentionMs(): number;
  /** Age at which a segment is closed however small it is, ms. */
  segmentAgeMs(): number;
  /** Above this, segments that every lane has passed go before their time. */
  readonly pressureBytes: number;
  readonly refuseBytes: number;
}

/** Bytes free where a folder lies; null where that is unknown. */
export function freeBytesOf(folder: string): number | null {
  try {
    const disk = statfsSync(folder);
    return disk.bavail * disk.bsize;
  } catch {
    return null;
  }
}

function crash(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

/** The options with their defaults. */
export function limitsOf(options: SqliteLogOptions): Limits {
  const { folder, diskBudgetBytes, retentionMs: kept } = options;
  const retentionMs = typeof kept === 'number' ? () => kept : kept;
  return {
    folder,
    incarnation: options.incarnation ?? null,
    diskBudgetBytes,
    dedupeWindowMs: options.dedupeWindowMs,
    dedupeMaxEntries: options.dedupeMaxEntries,
    retentionMs,
    segmentAgeMs: () => retentionMs() * segmentAgeShare,
    segmentBytes: options.segmentBytes ?? Math.min(128 * mb, Math.floor(diskBudgetBytes / 8)),
    tailBytes: options.tailBytes ?? 16 * mb,
    recentEvents: options.recentEvents ?? 131_072,
    snapshotEvents: options.snapshotEvents ?? 65_536,
    lowDiskBytes: options.lowDiskBytes ?? Math.min(256 * mb, Math.floor(diskBudgetBytes / 20)),
    monotonic: options.monotonic ?? (() => performance.now()),
    diskFree: options.diskFree ?? (() => freeBytesOf(folder)),
    maxSegmentPages: options.maxSegmentPages ?? (() => null),
    onCrash: options.onCrash ?? crash,
    pressureBytes: diskBudgetBytes * 0.85,
    refuseBytes: diskBudgetBytes * 0.95,
  };
}
