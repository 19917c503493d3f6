/** Looks at dead letters with the size of their events, some thousand at a time. */
import type { DatabaseSync } from 'node:sqlite';
import type { DeadSlice } from '../retaining.ts';
import type { ChunkIndex } from './chunk-format.ts';
import type { Segments } from './segments.ts';

const rowsAtOnce = 5000;

export interface DeadSliceInput {
  readonly ordinal: number;
  readonly afterSeq: number;
  /** Epoch ms. */
  readonly beforeMs: number;
}

interface DeadRow {
  readonly seq: number;
  readonly gen: number;
  readonly at: number;
}

export function readDeadSlice(db: DatabaseSync, segments: Segments, { ordinal, afterSeq, beforeMs }: DeadSliceInput): DeadSlice {
  const found = db
    .prepare('SELECT seq, gen, due_at FROM dead WHERE ordinal = ? AND seq > ? ORDER BY seq, gen LIMIT ?')
    .all(ordinal, afterSeq, rowsAtOnce)
    .map((row): DeadRow => ({ seq: Number(row.seq), gen: Number(row.gen), at: Number(row.due_at) }));
  const isOver = found.length < rowsAtOnce;
  // The generations of one seq stay together: the next slice begins behind a seq.
  const last = found.at(-1)?.seq ?? afterSeq;
  const isOneSeq = found[0]?.seq === last;
  const rows = isOver || isOneSeq ? found : found.filter(({ seq }) => seq < last);
  return {
    rows: rows.length,
    bytes: bytesOf(db, segments, rows),
    oldestAt: rows.reduce<number | null>((oldest, { at }) => (oldest === null || at < oldest ? at : oldest), null),
    old: rows.filter(({ at }) => at < beforeMs).map(({ seq, gen }) => ({ seq, gen })),
    through: rows.at(-1)?.seq ?? afterSeq,
    isOver,
  };
}

/** Bytes of the events, each once. */
function bytesOf(db: DatabaseSync, segments: Segments, rows: readonly DeadRow[]): number {
  const rescued = db.prepare('SELECT share FROM rescued WHERE seq = ?');
  let bytes = 0;
  let last = 0;
  let chunk: { readonly firstSeq: number; readonly index: ChunkIndex } | null = null;
  for (const { seq } of rows) {
    if (seq === last) continue;
    last = seq;
    if (seq < segments.first) {
      bytes += Number(rescued.get(seq)?.share ?? 0);
      continue;
    }
    if (!chunk || seq >= chunk.firstSeq + chunk.index.events) {
      const segment = segments.at(seq);
      const firstSeq = segment?.chunkOf(seq) ?? null;
      chunk = segment && firstSeq !== null ? { firstSeq, index: segment.index(firstSeq) } : null;
    }
    if (chunk) bytes += chunk.index.share(seq - chunk.firstSeq);
  }
  return bytes;
}
