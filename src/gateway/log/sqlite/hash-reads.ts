/** Walks the hashes of stored events from the newest to the oldest: to load the dedupe table, and to search. */
import type { ChunkHashes } from './segment-reader.ts';
import type { Segments } from './segments.ts';

export interface DedupeSlice {
  /** Per event four u32: hash low, hash high, seq low, seq high. */
  readonly slots: ArrayBuffer;
  /** Durable clock (epoch ms) and last seq of each chunk, newest first. */
  readonly marks: readonly { readonly at: number; readonly seq: number }[];
  /** Where the next slice begins; 0 when there is nothing more. */
  readonly beforeSeq: number;
}

const chunksAtOnce = 32;

/** Chunks before a seq, newest first, until `visit` says stop. Returns the seq where it ended; 0 at the beginning of the log. */
function walkBack(segments: Segments, beforeSeq: number, visit: (chunk: ChunkHashes) => boolean): number {
  let before = beforeSeq;
  while (before > segments.first) {
    const segment = segments.at(before - 1);
    const chunks = segment?.hashes(before, chunksAtOnce) ?? [];
    if (chunks.length === 0) return 0;
    for (const chunk of chunks) {
      if (!visit(chunk)) return before;
      before = chunk.firstSeq;
    }
  }
  return 0;
}

/** About `maxEvents` events of chunks that were committed at or after `minAt`. */
export function readDedupeSlice(
  segments: Segments,
  input: { readonly beforeSeq: number; readonly minAt: number; readonly maxEvents: number },
): DedupeSlice {
  const chunks: ChunkHashes[] = [];
  let events = 0;
  let isOver = false;
  const beforeSeq = walkBack(segments, input.beforeSeq, (chunk) => {
    isOver = chunk.at < input.minAt;
    if (isOver || events >= input.maxEvents) return false;
    chunks.push(chunk);
    events += chunk.count;
    return true;
  });
  const slots = new Uint32Array(events * 4);
  let at = 0;
  for (const { firstSeq, count, index } of chunks) {
    for (let position = 0; position < count; position++) {
      const seq = firstSeq + position;
      slots[at++] = index.hashLow(position);
      slots[at++] = index.hashHigh(position);
      slots[at++] = seq >>> 0;
      slots[at++] = Math.floor(seq / 4_294_967_296);
    }
  }
  return {
    slots: slots.buffer,
    marks: chunks.map((chunk) => ({ at: chunk.at, seq: chunk.firstSeq + chunk.count - 1 })),
    beforeSeq: isOver ? 0 : beforeSeq,
  };
}

const searchChunks = 512;

/** Seqs whose hash is one of `hashes`, in some hundred chunks before a seq. */
export function readHashMatches(
  segments: Segments,
  input: { readonly beforeSeq: number; readonly hashes: readonly { readonly low: number; readonly high: number }[] },
): { readonly seqs: readonly number[]; readonly beforeSeq: number } {
  const seqs: number[] = [];
  let seen = 0;
  const beforeSeq = walkBack(segments, input.beforeSeq, (chunk) => {
    if (seen++ >= searchChunks) return false;
    for (let position = 0; position < chunk.count; position++) {
      const low = chunk.index.hashLow(position);
      if (input.hashes.some((hash) => hash.low === low && hash.high === chunk.index.hashHigh(position)))
        seqs.push(chunk.firstSeq + position);
    }
    return true;
  });
  return { seqs, beforeSeq };
}
