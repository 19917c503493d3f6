/**
 * Running totals of everything ever accepted, per route: the left side of L1 and L2. Survive
 * restarts as snapshots in the segments, plus a recount of the chunks after the last one.
 */
import { addDigest } from './digest.ts';
import type { RouteId, Tally } from './event-log.ts';
import type { RouteTable } from './routes.ts';
import { summaryLine, summaryWords } from './sqlite/chunk-format.ts';

export interface AcceptedTotals {
  /** Events over all routes. */
  readonly count: number;
  /** Adds what a chunk's summary, or a snapshot, says. */
  add(words: Float64Array): void;
  /** The totals, in the layout of a summary. */
  snapshot(): Float64Array;
  /** All that was ever routed to an ordinal. */
  routedTo(routes: RouteTable, ordinal: number): Tally & { readonly bytes: number };
}

interface Line {
  count: number;
  bytes: number;
  digest: { readonly hi: number; readonly lo: number };
}

export function createAcceptedTotals(): AcceptedTotals {
  const lines = new Map<RouteId, Line>();

  return {
    get count() {
      return [...lines.values()].reduce((sum, line) => sum + line.count, 0);
    },
    add(words) {
      for (let at = 0; at + summaryWords <= words.length; at += summaryWords) {
        const { route, count, bytes, digest } = summaryLine(words, at);
        const line = lines.get(route);
        if (!line) {
          lines.set(route, { count, bytes, digest });
          continue;
        }
        line.count += count;
        line.bytes += bytes;
        line.digest = addDigest(line.digest, digest);
      }
    },
    snapshot() {
      const words = new Float64Array(lines.size * summaryWords);
      let at = 0;
      for (const [route, { count, bytes, digest }] of lines) {
        words.set([route, count, bytes, digest.hi, digest.lo, 0], at);
        at += summaryWords;
      }
      return words;
    },
    routedTo(routes, ordinal) {
      const sum = { count: 0, bytes: 0, digest: { hi: 0, lo: 0 } };
      for (const [route, line] of lines) {
        if (!routes.has(route, ordinal)) continue;
        sum.count += line.count;
        sum.bytes += line.bytes;
        sum.digest = addDigest(sum.digest, line.digest);
      }
      return sum;
    },
  };
}
