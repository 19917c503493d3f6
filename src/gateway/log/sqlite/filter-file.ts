/**
 * `log/people.idx`: the filter of each chunk that was read in search of a person. Drawn from the segments and worth
 * nothing without them: not part of a backup, made anew where it is damaged or made with another key.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { blobOf, logFolder } from './segment-file.ts';

const version = 1;
const schema = `
  CREATE TABLE filter (first_seq INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;
  CREATE TABLE meta (key_print TEXT NOT NULL) STRICT;
  PRAGMA user_version=${version};
`;

export interface FilterFile {
  /** Filters of chunks whose first seq lies in [from, to]. */
  between(from: number, to: number): ReadonlyMap<number, Uint8Array>;
  /** Keeps filters; what the disk has no room for is made again another time. */
  put(filters: ReadonlyMap<number, Uint8Array>): void;
  /** Forgets those of segments that are gone. */
  forgetBelow(firstSeq: number): void;
  close(): void;
}

export const filterPath = (folder: string) => join(logFolder(folder), 'people.idx');

/** @param key the secret of the hashes that the filters hold bits of */
export function openFilterFile(folder: string, key: Uint8Array): FilterFile {
  const print = createHash('sha256').update(key).digest('base64url');
  try {
    return filesOf(open(filterPath(folder), print));
  } catch {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${filterPath(folder)}${suffix}`, { force: true });
    return filesOf(open(filterPath(folder), print));
  }
}

/** Throws where the file is not as it should be. */
function open(path: string, print: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
    if (Number(db.prepare('PRAGMA user_version').get()?.user_version) === 0) {
      db.exec(`BEGIN; ${schema}`);
      db.prepare('INSERT INTO meta VALUES (?)').run(print);
      db.exec('COMMIT');
    }
    const found = db.prepare('SELECT key_print FROM meta').get()?.key_print;
    if (found !== print) throw new Error('made with another key');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function filesOf(db: DatabaseSync): FilterFile {
  const between = db.prepare('SELECT first_seq, bits FROM filter WHERE first_seq BETWEEN ? AND ?');
  const insert = db.prepare('INSERT OR REPLACE INTO filter (first_seq, bits) VALUES (?, ?)');
  const forget = db.prepare('DELETE FROM filter WHERE first_seq < ?');
  return {
    between: (from, to) => new Map(between.all(from, to).map((row) => [Number(row.first_seq), blobOf(row.bits)])),
    put(filters) {
      if (filters.size === 0) return;
      try {
        db.exec('BEGIN IMMEDIATE');
        for (const [firstSeq, bits] of filters) insert.run(firstSeq, bits);
        db.exec('COMMIT');
      } catch {
        if (db.isTransaction) db.exec('ROLLBACK');
      }
    },
    forgetBelow(firstSeq) {
      try {
        forget.run(firstSeq);
      } catch {
        // As above.
      }
    },
    close: () => db.close(),
  };
}
