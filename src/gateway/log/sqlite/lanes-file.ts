/**
 * `lanes.db`: what is durable of every destination's lane. NORMAL: a power loss may take back the last
 * settles, which only delivers again. Registering and retiring are synced at once, because an
 * ordinal must never be given twice.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SideRow } from '../event-log.ts';
import { applicationId, checkFile, inFile } from './segment-file.ts';
import { corrupt } from './store-failure.ts';

const lanesVersion = 1;
export const lanesFileName = 'lanes.db';
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
  | 'passed';

const sideColumns = `
    ordinal INTEGER NOT NULL, seq INTEGER NOT NULL, gen INTEGER NOT NULL,
    attempt INTEGER NOT NULL, due_at INTEGER NOT NULL, class TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (ordinal, seq, gen)`;

const schema = `
  CREATE TABLE lane (
    ordinal INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    birth INTEGER NOT NULL,       -- head when it was registered
    epoch INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    passed_bytes INTEGER NOT NULL,
    closed_at INTEGER             -- head when it was retired
  ) STRICT;
  CREATE UNIQUE INDEX lane_living ON lane (destination) WHERE closed_at IS NULL;
  CREATE TABLE ledger (
    ordinal INTEGER NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL, hi INTEGER NOT NULL, lo INTEGER NOT NULL,
    PRIMARY KEY (ordinal, state)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE retrying (${sideColumns}) STRICT, WITHOUT ROWID;
  CREATE INDEX retrying_due ON retrying (ordinal, due_at);
  CREATE TABLE dead (${sideColumns}) STRICT, WITHOUT ROWID;
  CREATE TABLE held (ordinal INTEGER NOT NULL, block INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (ordinal, block)) STRICT, WITHOUT ROWID;
  -- Events that side rows and held bits refer to, whose segment is gone.
  CREATE TABLE rescued (
    seq INTEGER PRIMARY KEY, received_at REAL NOT NULL, route INTEGER NOT NULL, type INTEGER NOT NULL, element INTEGER NOT NULL, share INTEGER NOT NULL,
    source TEXT NOT NULL, body BLOB NOT NULL
  ) STRICT;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
`;

/** The one connection that writes. Throws AppFailure DATA_NEWER or DATA_CORRUPT. */
export function openLanes(folder: string): DatabaseSync {
  const db = new DatabaseSync(lanesPath(folder), { timeout: 5000 });
  try {
    inFile(lanesFileName, () => {
      db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=2000; PRAGMA cache_size=-8000');
      if (checkFile(db, lanesFileName, lanesVersion) === 'empty') {
        db.exec(`BEGIN; ${schema}; PRAGMA application_id=${applicationId}; PRAGMA user_version=${lanesVersion}; COMMIT`);
      }
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
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
