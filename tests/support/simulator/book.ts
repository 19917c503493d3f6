/** What one simulated vendor has seen and kept. */
import { type Arrivals, createArrivals } from './arrivals.ts';
import { createErasureBook, type ErasureBook } from './erasures.ts';
import { createKeyHashSet } from './key-hash-set.ts';

export interface Counters {
  /** Requests whose headers arrived, whatever became of them. */
  readonly requests: number;
  /** Events in the bodies that were looked at. */
  readonly events: number;
  /** Events kept, duplicates included. */
  readonly stored: number;
  /** Different dedupe keys among them. */
  readonly distinct: number;
  /** Events kept whose key had been kept before. */
  readonly duplicates: number;
  /** Events that the vendor said no to. */
  readonly rejected: number;
  /** Events that got a yes and were thrown away (GA4). */
  readonly silentlyDropped: number;
  /** Requests that met a dialled failure. */
  readonly failed: number;
  /** Requests that hang now. */
  readonly hanging: number;
}

/** `keys` keeps every key with its count; `counts` keeps hashes, in bounded memory. */
export type Keep = 'keys' | 'counts';

export interface Book {
  readonly counters: { -readonly [name in keyof Counters]: Counters[name] };
  /** Keeps one event under its key. */
  store(key: string): void;
  /** Times the key was kept; with `counts`, 1 for once or more. */
  count(key: string): number;
  /** Empty with `counts`. */
  readonly stored: ReadonlyMap<string, number>;
  readonly erasures: ErasureBook;
  /** The last events kept; null unless asked for. */
  readonly arrivals: Arrivals | null;
}

const maxHashes = 4_194_304;

/** @param maxArrivals how many of the last events it can date; 0 for none */
export function createBook(keep: Keep, maxArrivals = 0): Book {
  const counters = {
    requests: 0,
    events: 0,
    stored: 0,
    distinct: 0,
    duplicates: 0,
    rejected: 0,
    silentlyDropped: 0,
    failed: 0,
    hanging: 0,
  };
  const stored = new Map<string, number>();
  const hashes = createKeyHashSet(maxHashes);
  const arrivals = maxArrivals > 0 ? createArrivals(maxArrivals) : null;

  function isNew(key: string): boolean {
    if (keep === 'counts') return hashes.add(key) || (hashes.isFull && !hashes.has(key));
    const before = stored.get(key) ?? 0;
    stored.set(key, before + 1);
    return before === 0;
  }

  return {
    counters,
    stored,
    erasures: createErasureBook(),
    arrivals,
    store(key) {
      counters.stored++;
      arrivals?.add(key);
      if (isNew(key)) counters.distinct++;
      else counters.duplicates++;
    },
    count: (key) => (keep === 'keys' ? (stored.get(key) ?? 0) : hashes.has(key) ? 1 : 0),
  };
}
