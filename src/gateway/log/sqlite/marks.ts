/**
 * What a lane remembers of events that are settled, as bits: how each ended that was not delivered, and which replays
 * gave it anew. A mark is a small number: a replay's generation, or one of `outcomeMarks`.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { SettleDelta } from '../event-log.ts';
import { type Exception, exceptions } from '../replaying.ts';
import { changeBits, hasBit } from './bit-blocks.ts';
import { heldBlockSeqs } from './lanes-file.ts';
import { blobOf } from './segment-file.ts';

/** Written to files: never changed. */
export const outcomeMarks: Readonly<Record<Exception, number>> = { suppressed: -1, dropped: -2, diverted: -3, expired: -4 };

export interface Marks {
  /** Takes note of what a settle ended. */
  settled(ordinal: number, ended: SettleDelta['ended']): void;
  given(ordinal: number, gen: number, seqs: readonly number[]): void;
  /** Forgets how seqs ended: they are given anew. */
  forget(ordinal: number, seqs: readonly number[]): void;
  /** Forgets all of whole blocks below a seq. */
  truncate(ordinal: number, belowSeq: number): void;
  removeAll(ordinal: number): void;
}

export function createMarks(db: DatabaseSync): Marks {
  const get = db.prepare('SELECT bits FROM mark WHERE ordinal = ? AND block = ? AND mark = ?');
  const put = db.prepare(
    'INSERT INTO mark (ordinal, block, mark, bits) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET bits = excluded.bits',
  );
  const remove = db.prepare('DELETE FROM mark WHERE ordinal = ? AND block = ? AND mark = ?');
  const truncate = db.prepare('DELETE FROM mark WHERE ordinal = ? AND block < ?');
  const removeAll = db.prepare('DELETE FROM mark WHERE ordinal = ?');

  function rowsOf(ordinal: number, mark: number) {
    return {
      read(block: number): Uint8Array | null {
        const row = get.get(ordinal, block, mark);
        return row ? blobOf(row.bits) : null;
      },
      put: (block: number, bits: Uint8Array) => void put.run(ordinal, block, mark, bits),
      remove: (block: number) => void remove.run(ordinal, block, mark),
    };
  }

  return {
    settled(ordinal, ended) {
      for (const state of exceptions) {
        const seqs = ended?.[state] ?? [];
        if (seqs.length > 0) changeBits(rowsOf(ordinal, outcomeMarks[state]), [], seqs);
      }
    },
    given(ordinal, gen, seqs) {
      if (seqs.length > 0) changeBits(rowsOf(ordinal, gen), [], seqs);
    },
    forget(ordinal, seqs) {
      for (const state of exceptions) {
        const rows = rowsOf(ordinal, outcomeMarks[state]);
        // Most blocks have none: they are not even made.
        const marked = seqs.filter((seq) => hasBit(rows.read(Math.floor(seq / heldBlockSeqs)), seq));
        if (marked.length > 0) changeBits(rows, marked, []);
      }
    },
    truncate(ordinal, belowSeq) {
      truncate.run(ordinal, Math.floor(belowSeq / heldBlockSeqs));
    },
    removeAll(ordinal) {
      removeAll.run(ordinal);
    },
  };
}

/** The marks of one seq. */
export function marksAt(db: DatabaseSync, ordinal: number, seq: number): readonly number[] {
  return db
    .prepare('SELECT mark, bits FROM mark WHERE ordinal = ? AND block = ? ORDER BY mark')
    .all(ordinal, Math.floor(seq / heldBlockSeqs))
    .flatMap((row) => (hasBit(blobOf(row.bits), seq) ? [Number(row.mark)] : []));
}
