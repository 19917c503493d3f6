/** What is left to do in `lanes.db` where a person is erased. */
import type { DatabaseSync } from 'node:sqlite';
import { StoreFailure } from './store-failure.ts';

const erasedBody = new Uint8Array(Buffer.from('0'));
/** How long a checkpoint may keep settles waiting for a reader, ms. */
const patienceMs = 200;

/** Takes the bodies of rescued events away. What refers to them reads an erased event. */
export function eraseRescued(db: DatabaseSync, seqs: readonly number[]): void {
  const blank = db.prepare('UPDATE rescued SET body = ?, element = -1 WHERE seq = ?');
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const seq of seqs) blank.run(erasedBody, seq);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Forgets the message ids of copies that replaced dead letters. */
export function forgetEdits(db: DatabaseSync, seqs: readonly number[]): void {
  db.prepare('DELETE FROM edit WHERE is_done = 1 AND seq IN (SELECT value FROM json_each(?))').run(JSON.stringify(seqs));
}

/**
 * Writes the tables that hold texts of people anew. SQLite overwrites what is deleted, but not every copy that it made of a
 * row while it moved neighbours about; pages that are given back as a whole it does overwrite.
 */
export function writeAnew(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const table of ['rescued', 'edit'])
      db.exec(`
        CREATE TABLE anew AS SELECT * FROM ${table};
        DELETE FROM ${table};
        INSERT INTO ${table} SELECT * FROM anew ORDER BY seq;
        DROP TABLE anew;`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Empties the WAL into the file. Throws StoreFailure INGEST_STORE_FAILED while somebody reads. */
export function emptyWal(db: DatabaseSync): void {
  db.exec(`PRAGMA busy_timeout=${patienceMs}`);
  try {
    const row = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    if (Number(row?.busy) !== 0) throw new StoreFailure('INGEST_STORE_FAILED', { cause: 'the WAL of lanes.db is in use' });
  } finally {
    db.exec('PRAGMA busy_timeout=5000');
  }
}
