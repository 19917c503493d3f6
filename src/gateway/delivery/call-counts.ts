const bucketCount = 10;

/** Calls of the last `windowMs`, in ten buckets that come and go with the clock. */
export interface CallCounts {
  /** @param at epoch ms; absent asks the clock */
  add(isGood: boolean, isSlow: boolean, at?: number): void;
  read(): { readonly calls: number; readonly failed: number; readonly slow: number };
  clear(): void;
}

/** @param now epoch ms; may stand still, and a step back counts as standing still */
export function createCallCounts(windowMs: number, now: () => number): CallCounts {
  const good = new Uint32Array(bucketCount);
  const bad = new Uint32Array(bucketCount);
  const slow = new Uint32Array(bucketCount);
  const bucketMs = windowMs / bucketCount;
  let slot = Math.floor(now() / bucketMs);

  /** Empties the buckets that the clock has left behind. */
  function turn(at: number): number {
    const current = Math.floor(at / bucketMs);
    if (current === slot) return slot % bucketCount;
    const stale = Math.min(bucketCount, current - slot);
    for (let i = 1; i <= stale; i++) {
      const index = (slot + i) % bucketCount;
      good[index] = bad[index] = slow[index] = 0;
    }
    slot = Math.max(slot, current);
    return slot % bucketCount;
  }
  const sum = (counts: Uint32Array) => counts.reduce((total, count) => total + count, 0);

  return {
    add(isGood, isSlow, at = now()) {
      const index = turn(at);
      const counts = isGood ? good : bad;
      counts[index] = (counts[index] ?? 0) + 1;
      if (isSlow) slow[index] = (slow[index] ?? 0) + 1;
    },
    read() {
      const failed = sum(bad);
      return { calls: sum(good) + failed, failed, slow: sum(slow) };
    },
    clear() {
      for (const counts of [good, bad, slow]) counts.fill(0);
    },
  };
}
