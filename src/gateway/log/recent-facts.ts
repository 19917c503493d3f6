/**
 * Route, size and arrival of the newest committed events, in typed arrays: enough to prove a settle
 * (what did the cursor pass?) without reading the disk, for much longer than the tail holds bodies.
 */
import { addDigest, addMember, subtractDigest } from './digest.ts';
import type { RouteId } from './event-log.ts';
import type { RouteTable } from './routes.ts';

/** Routed obligations of a range: how many, how large, which. */
export interface Passed {
  readonly count: number;
  readonly bytes: number;
  readonly hi: number;
  readonly lo: number;
}

export function addPassed(a: Passed, b: Passed): Passed {
  return { count: a.count + b.count, bytes: a.bytes + b.bytes, ...addDigest(a, b) };
}

export function subtractPassed(a: Passed, b: Passed): Passed {
  return { count: a.count - b.count, bytes: a.bytes - b.bytes, ...subtractDigest(a, b) };
}

export interface RecentFacts {
  /** Lowest seq known. */
  readonly first: number;
  push(seq: number, route: RouteId, bytes: number, receivedAt: number): void;
  /** What of (after, through] is routed to an ordinal; null where part of the range is not known any more. */
  passed(ordinal: number, after: number, through: number): Passed | null;
  /** The first routed event in (after, through] with its arrival; null when none. Known seqs only. */
  firstRouted(ordinal: number, after: number, through: number): { readonly seq: number; readonly receivedAt: number } | null;
}

export function createRecentFacts(head: number, routes: RouteTable, capacity: number): RecentFacts {
  const route = new Uint32Array(capacity);
  const size = new Uint32Array(capacity);
  const at = new Float64Array(capacity);
  let first = head + 1;
  let last = head;

  return {
    get first() {
      return first;
    },
    push(seq, routeId, bytes, receivedAt) {
      last = seq;
      if (last - first >= capacity) first = last - capacity + 1;
      const slot = seq % capacity;
      route[slot] = routeId;
      size[slot] = bytes;
      at[slot] = receivedAt;
    },
    passed(ordinal, after, through) {
      if (after + 1 < first && after < through) return null;
      const sum = { hi: 0, lo: 0 };
      let count = 0;
      let bytes = 0;
      for (let seq = after + 1; seq <= through; seq++) {
        const slot = seq % capacity;
        if (!routes.has(route[slot] as number, ordinal)) continue;
        count++;
        bytes += size[slot] as number;
        addMember(sum, seq);
      }
      return { count, bytes, hi: sum.hi, lo: sum.lo };
    },
    firstRouted(ordinal, after, through) {
      for (let seq = Math.max(after + 1, first); seq <= Math.min(through, last); seq++) {
        const slot = seq % capacity;
        if (routes.has(route[slot] as number, ordinal)) return { seq, receivedAt: at[slot] as number };
      }
      return null;
    },
  };
}
