/** Decides whether there is room for events. Settling goes on in the last 5 % of the budget. */
import { type AppError, appError } from '#contract/errors.ts';
import type { Limits } from './options.ts';

/** How often the free space is asked for. */
const checkEveryMs = 1000;
/** After SQLite found the disk full: how long until one group may try again. */
const retryFullMs = 250;

export interface DiskGuard {
  /** Bytes of all segments and of `lanes.db`. */
  readonly bytes: number;
  readonly freeBytes: number | null;
  setSegments(bytes: number): void;
  setLanes(bytes: number): void;
  /** SQLite said that the disk is full. */
  noteFull(): void;
  /** A commit went through. */
  noteRoom(): void;
  refusal(): AppError | null;
}

export function createDiskGuard(limits: Limits): DiskGuard {
  const { monotonic } = limits;
  let segments = 0;
  let lanes = 0;
  let free: number | null = limits.diskFree();
  let checkedAt = monotonic();
  let fullUntil = Number.NEGATIVE_INFINITY;

  function freeNow(): number | null {
    if (monotonic() - checkedAt >= checkEveryMs || (free !== null && free < limits.lowDiskBytes)) {
      checkedAt = monotonic();
      free = limits.diskFree();
    }
    return free;
  }

  return {
    get bytes() {
      return segments + lanes;
    },
    get freeBytes() {
      return freeNow();
    },
    setSegments(bytes) {
      segments = bytes;
    },
    setLanes(bytes) {
      lanes = bytes;
    },
    noteFull() {
      fullUntil = monotonic() + retryFullMs;
    },
    noteRoom() {
      fullUntil = Number.NEGATIVE_INFINITY;
    },
    refusal() {
      if (monotonic() < fullUntil) return appError('INGEST_DISK_FULL', { cause: 'the disk is full' });
      if (segments + lanes >= limits.refuseBytes)
        return appError('INGEST_DISK_FULL', {
          cause: 'the disk budget is used up',
          usedBytes: segments + lanes,
          budgetBytes: limits.diskBudgetBytes,
        });
      const left = freeNow();
      if (left !== null && left < limits.lowDiskBytes)
        return appError('INGEST_DISK_FULL', { cause: 'the disk is nearly full', freeBytes: left });
      return null;
    },
  };
}
