/**
 * The newest committed events, parsed, shared by all lanes: a lane at the head never touches the disk. A ring
 * bounded by bytes of bodies. Holds a contiguous range of seqs that ends at the head, or nothing.
 */
import type { LogRecord } from './event-log.ts';

export interface Tail {
  /** Lowest seq held; head + 1 when empty. */
  readonly first: number;
  /** Highest seq held or passed. */
  readonly head: number;
  readonly sizeBytes: number;
  /** Appends the record after `head`, and evicts the oldest above the limit. */
  push(record: LogRecord): void;
  /** Keeps nothing up to `seq`: nobody follows, and what is kept parsed costs the collector most of all. */
  pass(seq: number): void;
  get(seq: number): LogRecord | undefined;
  /** Puts another record in the place of the one with its seq, where that is still held. */
  replace(record: LogRecord): void;
}

const firstCapacity = 1024;

export function createTail(head: number, maxBytes: number): Tail {
  let ring: (LogRecord | undefined)[] = new Array(firstCapacity).fill(undefined);
  let first = head + 1;
  let last = head;
  let bytes = 0;

  function grow(): void {
    const larger: (LogRecord | undefined)[] = new Array(ring.length * 2).fill(undefined);
    for (let seq = first; seq <= last; seq++) larger[seq % larger.length] = ring[seq % ring.length];
    ring = larger;
  }

  return {
    get first() {
      return first;
    },
    get head() {
      return last;
    },
    get sizeBytes() {
      return bytes;
    },
    push(record) {
      if (record.seq !== last + 1) throw new Error(`seq ${record.seq} after ${last} in the tail`);
      if (last - first + 1 === ring.length) grow();
      last = record.seq;
      ring[last % ring.length] = record;
      bytes += record.bytes;
      // The newest stays whatever its size, so that lanes at the head never go to disk for it.
      while (bytes > maxBytes && first < last) {
        bytes -= ring[first % ring.length]?.bytes ?? 0;
        ring[first % ring.length] = undefined;
        first++;
      }
    },
    pass(seq) {
      if (first <= last) ring.fill(undefined);
      last = seq;
      first = seq + 1;
      bytes = 0;
    },
    get: (seq) => (seq >= first && seq <= last ? ring[seq % ring.length] : undefined),
    replace(record) {
      if (record.seq >= first && record.seq <= last) ring[record.seq % ring.length] = record;
    },
  };
}
