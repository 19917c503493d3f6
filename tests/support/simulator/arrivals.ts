/** When the last events came, so that a test can say what came after a moment. A ring of a fixed number. */
export interface Arrival {
  /** Epoch ms with fractions. */
  readonly at: number;
  readonly key: string;
}

export interface Arrivals {
  /** Notes an event that came now. */
  add(key: string): void;
  /** What came at or after `atMs` (epoch ms), oldest first; null where some of it is forgotten already. */
  since(atMs: number): readonly Arrival[] | null;
}

/** @param capacity how many are remembered @param now epoch ms with fractions */
export function createArrivals(capacity: number, now: () => number = () => performance.timeOrigin + performance.now()): Arrivals {
  const times = new Float64Array(capacity);
  const keys: string[] = [];
  let count = 0;
  return {
    add(key) {
      const slot = count++ % capacity;
      times[slot] = now();
      keys[slot] = key;
    },
    since(atMs) {
      const found: Arrival[] = [];
      const oldest = Math.max(0, count - capacity);
      for (let index = count - 1; index >= oldest; index--) {
        const at = times[index % capacity] as number;
        if (at < atMs) return found.reverse();
        found.push({ at, key: keys[index % capacity] as string });
      }
      return oldest > 0 ? null : found.reverse();
    },
  };
}
