/**
 * Reads over the segments, in slices: each call does a bounded amount of work, so that one lane far behind (or the
 * loading of the dedupe table) never keeps another lane waiting for long.
 */

import { addMember } from '../digest.ts';
import type { RouteId } from '../event-log.ts';
import type { Passed } from '../recent-facts.ts';
import { summaryLine, summaryWords, summaryWordsOf } from './chunk-format.ts';
import { type RawPage, RawPageBuilder } from './raw-page.ts';
import { addEvents, type ChunkHead, type SegmentReader } from './segment-reader.ts';
import type { Segments } from './segments.ts';
import { corrupt } from './store-failure.ts';

const headsAtOnce = 64;
/** Chunks without anything for the lane that one call skips. */
const maxSkipped = 2048;

export interface PageInput {
  readonly ordinal: number;
  readonly after: number;
  /** Nothing above it is shown: it may not have been announced yet. */
  readonly head: number;
  readonly events: number;
  readonly bytes: number;
}

export type PassedSlice = Passed & { readonly through: number };

/** Calls `visit` for chunks from the one that holds `from`; stops when it says so, at the head, or after `limit`. */
function eachChunk(
  segments: Segments,
  from: number,
  head: number,
  limit: number,
  visit: (segment: SegmentReader, chunk: ChunkHead) => boolean,
): void {
  let seq = from;
  for (let seen = 0; seq <= head && seen < limit; ) {
    const segment = segments.at(seq);
    if (!segment) return;
    for (const chunk of segments.heads(seq, head, Math.min(headsAtOnce, limit - seen))) {
      seen++;
      seq = chunk.firstSeq + chunk.count;
      if (!visit(segment, chunk)) return;
    }
  }
}

function isWanted(segments: Segments, segment: SegmentReader, chunk: ChunkHead, ordinal: number): boolean {
  const words = summaryWordsOf(chunk.summary);
  for (let at = 0; at < words.length; at += summaryWords)
    if (segments.isRouted(segment, summaryLine(words, at).route, ordinal)) return true;
  return false;
}

/** A page of records for a lane, as `EventLog.readDisk`. */
export function readPage(segments: Segments, input: PageInput): { readonly page: RawPage; readonly through: number } {
  const { ordinal, head } = input;
  const page = new RawPageBuilder();
  let through = Math.max(input.after, segments.first - 1);
  let bytes = 0;
  const isFull = () => page.count >= input.events || bytes >= input.bytes;

  eachChunk(segments, through + 1, head, maxSkipped, (segment, chunkHead) => {
    const end = Math.min(chunkHead.firstSeq + chunkHead.count - 1, head);
    if (!isWanted(segments, segment, chunkHead, ordinal)) {
      through = end;
      return true;
    }
    const chunk = segments.chunk(segment, chunkHead.firstSeq);
    const wanted = function* (): Generator<number> {
      for (let seq = through + 1; seq <= end && !isFull(); seq++) {
        const position = seq - chunk.firstSeq;
        through = seq;
        if (segments.isRouted(segment, chunk.index.route(position), ordinal)) yield position;
      }
    };
    addEvents(page, segment, chunk, wanted(), (share) => {
      bytes += share;
    });
    return !isFull();
  });
  return { page: page.finish(), through };
}

/** What of (after, through] is routed to an ordinal. Reads summaries where a whole chunk lies inside. */
export function readPassed(
  segments: Segments,
  input: { readonly ordinal: number; readonly after: number; readonly through: number },
): PassedSlice {
  const { ordinal } = input;
  const sum = { hi: 0, lo: 0 };
  let count = 0;
  let bytes = 0;
  let through = input.after;
  if (through < input.through && through + 1 < segments.first) throw corrupt(`seq ${through + 1} is truncated, it cannot be counted`);
  const isRouted = (segment: SegmentReader, route: RouteId) => segments.isRouted(segment, route, ordinal);

  eachChunk(segments, through + 1, input.through, maxSkipped, (segment, chunk) => {
    const end = Math.min(chunk.firstSeq + chunk.count - 1, input.through);
    if (chunk.firstSeq === through + 1 && end === chunk.firstSeq + chunk.count - 1) {
      const words = summaryWordsOf(chunk.summary);
      for (let at = 0; at < words.length; at += summaryWords) {
        const line = summaryLine(words, at);
        if (!isRouted(segment, line.route)) continue;
        count += line.count;
        bytes += line.bytes;
        const lo = sum.lo + line.digest.lo;
        sum.hi = (sum.hi + line.digest.hi + (lo > 0xffffffff ? 1 : 0)) >>> 0;
        sum.lo = lo >>> 0;
      }
    } else {
      const index = segment.index(chunk.firstSeq);
      for (let seq = through + 1; seq <= end; seq++) {
        const position = seq - chunk.firstSeq;
        if (!isRouted(segment, index.route(position))) continue;
        count++;
        bytes += index.share(position);
        addMember(sum, seq);
      }
    }
    through = end;
    return true;
  });
  return { count, bytes, hi: sum.hi, lo: sum.lo, through };
}

/** When the first event routed to an ordinal after `after` was received, and its seq in `through`; null where none was found up to there. */
export function readFirstWaiting(
  segments: Segments,
  input: { readonly ordinal: number; readonly after: number; readonly head: number },
): { readonly receivedAt: number | null; readonly through: number } {
  let receivedAt: number | null = null;
  let through = Math.max(input.after, segments.first - 1);
  eachChunk(segments, through + 1, input.head, maxSkipped, (segment, chunk) => {
    const end = Math.min(chunk.firstSeq + chunk.count - 1, input.head);
    if (isWanted(segments, segment, chunk, input.ordinal)) {
      const index = segment.index(chunk.firstSeq);
      for (let seq = through + 1; seq <= end; seq++) {
        const position = seq - chunk.firstSeq;
        if (!segments.isRouted(segment, index.route(position), input.ordinal)) continue;
        receivedAt = index.request(index.requestOf(position)).receivedAt;
        through = seq;
        return false;
      }
    }
    through = end;
    return true;
  });
  return { receivedAt, through };
}

/** Certain records that are in the segments, in seq order. */
export function readRecords(page: RawPageBuilder, segments: Segments, seqs: readonly number[], head: number): void {
  const wanted = [...new Set(seqs)].filter((seq) => seq >= segments.first && seq <= head).sort((a, b) => a - b);
  for (let i = 0; i < wanted.length; ) {
    const segment = segments.at(wanted[i] as number);
    const start = segment?.chunkOf(wanted[i] as number) ?? null;
    if (!segment || start === null) {
      i++;
      continue;
    }
    const chunk = segments.chunk(segment, start);
    const positions: number[] = [];
    for (; i < wanted.length && (wanted[i] as number) < start + chunk.count; i++) positions.push((wanted[i] as number) - start);
    addEvents(page, segment, chunk, positions);
  }
}
