/**
 * `lanes.db`: what is durable of every destination's lane. NORMAL: a power loss may take back the last
 * settles, which only delivers again. Registering and retiring are synced at once, because an
 * ordinal must never be given twice.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bringUp } from '#gateway/migrations/bring-up.ts';
import type { SideRow } from '../event-log.ts';
import { lanesFileName, lanesSchema } from './lanes-schema.ts';
import { inFile } from './segment-file.ts';
import { corrupt, StoreFailure } from './store-failure.ts';

export const lanesPath = (folder: string) => join(folder, lanesFileName);

/** States that the ledger table keeps running sums of: the terminal ones, the rows and bits, and what replays minted. */
export type LedgerLine =
  | 'confirmed'
  | 'accepted'
  | 'suppressed'
  | 'dropped'
  | 'diverted'
  | 'expired'
  | 'held'
  | 'retrying'
  | 'dead'
  | 'minted'
  | 'divertedIn'
  | 'passed';

/** The one connection that writes. Throws StoreFailure DATA_NEWER, DATA_CORRUPT or DATA_MIGRATION_FAILED. */
export function openLanes(folder: string): DatabaseSync {
  const db = new DatabaseSync(lanesPath(folder), { timeout: 5000 });
  try {
    inFile(lanesFileName, () => {
      db.exec(
        'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=2000; PRAGMA cache_size=-8000; PRAGMA secure_delete=ON',
      );
      bringUp(db, lanesSchema);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * The incarnation that these lanes belong to. A file without one takes the one given, or begins one. Throws
 * StoreFailure DATA_MIXED where it has another.
 */
export function incarnationOf(db: DatabaseSync, expected: string | null): string {
  const found = db.prepare('SELECT id FROM incarnation').get()?.id;
  if (found === undefined) {
    const id = expected ?? randomBytes(6).toString('hex');
    db.prepare('INSERT INTO incarnation (id) VALUES (?)').run(id);
    return id;
  }
  if (expected !== null && found !== expected)
    throw new StoreFailure('DATA_MIXED', { file: lanesFileName, incarnation: String(found), expected });
  return String(found);
}

export function rowOf(row: Record<string, unknown>, state: SideRow['state']): SideRow {
  return {
    seq: Number(row.seq),
    gen: Number(row.gen),
    state,
    attempt: Number(row.attempt),
    dueAt: Number(row.due_at),
    class: String(row.class),
    detail: String(row.detail),
    ...(typeof row.domain === 'string' ? { domain: row.domain } : {}),
    ...(typeof row.name === 'string' ? { name: row.name } : {}),
  };
}

export const heldBlockSeqs = 4096;
export const heldBlockBytes = heldBlockSeqs / 8;

/** The seqs whose bits are set in a block, ascending. */
export function* heldIn(block: number, bits: Uint8Array): Generator<number> {
  if (bits.length !== heldBlockBytes) throw corrupt('a held block has the wrong size', lanesFileName);
  for (let at = 0; at < heldBlockBytes; at++) {
    const byte = bits[at] as number;
    for (let bit = 0; byte >>> bit !== 0; bit++) if ((byte >>> bit) & 1) yield block * heldBlockSeqs + at * 8 + bit;
  }
}
