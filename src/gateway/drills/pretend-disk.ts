/**
 * Lets the log believe that its disk is full. Only in memory, and only until a deadline that must be moved on: a process that
 * ends, or a drill that is forgotten, leaves nothing behind.
 */
export interface PretendDisk {
  /** Free bytes: what the real disk has, or none. Null where that is unknown. */
  free(): number | null;
  /** Full for so long from now, ms. */
  fill(forMs: number): void;
  empty(): void;
}

/** @param monotonic ms */
export function createPretendDisk(realFree: () => number | null, monotonic: () => number = () => performance.now()): PretendDisk {
  let fullUntil = Number.NEGATIVE_INFINITY;
  return {
    free: () => (monotonic() < fullUntil ? 0 : realFree()),
    fill(forMs) {
      fullUntil = monotonic() + forMs;
    },
    empty() {
      fullUntil = Number.NEGATIVE_INFINITY;
    },
  };
}
