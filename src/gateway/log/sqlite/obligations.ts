/** What a lane owes for certain seqs: rows of every generation, and held bits. */
import type { DatabaseSync } from 'node:sqlite';
import type { Obligations } from '../erasing.ts';
import { heldBlockSeqs, heldIn, rowOf } from './lanes-file.ts';
import { blobOf } from './segment-file.ts';

export function readObligations(db: DatabaseSync, ordinal: number, seqs: readonly number[]): Obligations {
  const wanted = JSON.stringify(seqs);
  const rows = (['retrying', 'dead'] as const).flatMap((state) =>
    db
      .prepare(`SELECT * FROM ${state} WHERE ordinal = ? AND seq IN (SELECT value FROM json_each(?)) ORDER BY seq, gen`)
      .all(ordinal, wanted)
      .map((row) => rowOf(row, state)),
  );
  const blocks = new Set(seqs.map((seq) => Math.floor(seq / heldBlockSeqs)));
  const asked = new Set(seqs);
  const held: number[] = [];
  for (const row of db
    .prepare('SELECT block, bits FROM held WHERE ordinal = ? AND block IN (SELECT value FROM json_each(?)) ORDER BY block')
    .all(ordinal, JSON.stringify([...blocks])))
    for (const seq of heldIn(Number(row.block), blobOf(row.bits))) if (asked.has(seq)) held.push(seq);
  return { rows: [...rows].sort((a, b) => a.seq - b.seq || a.gen - b.gen), held };
}
