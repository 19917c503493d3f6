/** Before a segment is unlinked: copies into `lanes.db` the events that side rows and held bits still refer to. */
import type { DatabaseSync } from 'node:sqlite';
import { provenanceKey } from '#gateway/pipeline/provenance.ts';
import { isErasedIn } from '../erased.ts';
import { heldBlockSeqs, heldIn } from './lanes-file.ts';
import { blobOf } from './segment-file.ts';
import { type Chunk, SegmentReader } from './segment-reader.ts';

/** Seqs in [first, last] that some living lane still refers to, ascending. */
function referredTo(db: DatabaseSync, first: number, last: number): number[] {
  const seqs = new Set<number>();
  for (const table of ['retrying', 'dead']) {
    const rows = db.prepare(`SELECT DISTINCT t.seq FROM lane l CROSS JOIN ${table} t ON t.ordinal = l.ordinal WHERE t.seq BETWEEN ? AND ?`);
    for (const row of rows.iterate(first, last)) seqs.add(Number(row.seq));
  }
  const blocks = db.prepare('SELECT h.block, h.bits FROM lane l CROSS JOIN held h ON h.ordinal = l.ordinal WHERE h.block BETWEEN ? AND ?');
  for (const row of blocks.iterate(Math.floor(first / heldBlockSeqs), Math.floor(last / heldBlockSeqs))) {
    for (const seq of heldIn(Number(row.block), blobOf(row.bits))) if (seq >= first && seq <= last) seqs.add(seq);
  }
  return [...seqs].sort((a, b) => a - b);
}

/** One event on its own: a body that is the event, or a batch of one with what the batch shared. */
function bodyOf(chunk: Chunk, position: number): { readonly body: Uint8Array; readonly element: number } {
  const request = chunk.index.request(chunk.index.requestOf(position));
  const body = chunk.data.subarray(request.bodyOffset, request.bodyOffset + request.bodyLength);
  const element = chunk.index.element(position);
  if (element < 0) return { body, element };
  const whole: unknown = JSON.parse(new TextDecoder().decode(body));
  if (isErasedIn(whole, element)) return { body: new TextEncoder().encode('0'), element: -1 };
  const { batch, ...shared } = whole as { readonly batch: readonly unknown[] } & Readonly<Record<string, unknown>>;
  // Of what was noted for each event of the batch, this one's.
  const noted = shared[provenanceKey];
  const own = Array.isArray(noted) ? { [provenanceKey]: [noted[element]] } : {};
  return { body: new TextEncoder().encode(JSON.stringify({ ...shared, batch: [batch[element]], ...own })), element: 0 };
}

/** Copies, and forgets what is not referred to any more. Returns how many events were copied. */
export function rescueSegment(db: DatabaseSync, folder: string, firstSeq: number, lastSeq: number): number {
  const seqs = referredTo(db, firstSeq, lastSeq);
  db.exec('BEGIN IMMEDIATE');
  try {
    copyEvents(db, folder, firstSeq, seqs);
    forgetUnreferred(db);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
  return seqs.length;
}

function copyEvents(db: DatabaseSync, folder: string, firstSeq: number, seqs: readonly number[]): void {
  if (seqs.length === 0) return;
  const put = db.prepare(
    'INSERT OR REPLACE INTO rescued (seq, received_at, route, type, element, share, source, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const segment = new SegmentReader(folder, firstSeq);
  try {
    let chunk: Chunk | null = null;
    for (const seq of seqs) {
      if (!chunk || seq >= chunk.firstSeq + chunk.count) {
        const start = segment.chunkOf(seq);
        if (start === null) continue;
        chunk = segment.chunk(start);
      }
      const position = seq - chunk.firstSeq;
      const { index } = chunk;
      const request = index.request(index.requestOf(position));
      const { body, element } = bodyOf(chunk, position);
      put.run(
        seq,
        request.receivedAt,
        index.route(position),
        index.type(position),
        element,
        index.share(position),
        segment.sourceName(request.source),
        body,
      );
    }
  } finally {
    segment.close();
  }
}

function forgetUnreferred(db: DatabaseSync): void {
  const rescued = db.prepare('SELECT min(seq) AS first, max(seq) AS last FROM rescued').get();
  if (rescued?.first === null || rescued?.first === undefined) return;
  const kept = new Set(referredTo(db, Number(rescued.first), Number(rescued.last)));
  const remove = db.prepare('DELETE FROM rescued WHERE seq = ?');
  for (const row of db.prepare('SELECT seq FROM rescued').all()) if (!kept.has(Number(row.seq))) remove.run(Number(row.seq));
}
