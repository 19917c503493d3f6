/**
 * A segment: one SQLite file of consecutive chunks, `segment-<first seq>.db`. Append-only. Each has
 * all sources and routes known when it was started and those that came since, and begins with a snapshot of
 * the accepted totals, so that every segment before it can be unlinked.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { corrupt, StoreFailure } from './store-failure.ts';

export const applicationId = 0x534c_5543;
/** 2: the bodies of a chunk may be packed (`packing.ts`). Segments of version 1 are read as they are. */
export const segmentVersion = 2;
const pageBytes = 8192;

const schema = `
  CREATE TABLE chunk (
    first_seq INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,          -- durable clock at the commit, epoch ms
    idx_crc INTEGER NOT NULL,
    data_crc INTEGER NOT NULL,
    summary BLOB NOT NULL,
    idx BLOB NOT NULL,
    data BLOB NOT NULL            -- may be packed; last: what comes before it is read without it
  ) STRICT;
  CREATE TABLE route (id INTEGER PRIMARY KEY, ordinals TEXT NOT NULL) STRICT;
  CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
  CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, totals BLOB NOT NULL) STRICT;
`;

export interface SegmentRef {
  readonly firstSeq: number;
  readonly bytes: number;
}

export const logFolder = (folder: string) => join(folder, 'log');
export const segmentPath = (folder: string, firstSeq: number) =>
  join(logFolder(folder), `segment-${String(firstSeq).padStart(16, '0')}.db`);

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Segments on disk, ascending. */
export function listSegments(folder: string): SegmentRef[] {
  const names = readdirSync(logFolder(folder)).filter((name) => /^segment-\d{16}\.db$/.test(name));
  return names.sort().map((name) => ({
    firstSeq: Number(name.slice(8, 24)),
    bytes: sizeOf(join(logFolder(folder), name)) + sizeOf(join(logFolder(folder), `${name}-wal`)),
  }));
}

/** Throws DATA_NEWER or DATA_CORRUPT where a file is not what this version writes. */
export function checkFile(db: DatabaseSync, file: string, version: number): 'empty' | 'ours' {
  const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  const app = Number(db.prepare('PRAGMA application_id').get()?.application_id);
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n);
  if (tables === 0 && found === 0) return 'empty';
  if (app !== applicationId) throw corrupt('not a file of Sluice', file);
  if (found > version) throw new StoreFailure('DATA_NEWER', { file, version: found, known: version });
  return 'ours';
}

/** Adds the file's name to what SQLite says about it. */
export function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'errcode' in error) error.message = `${error.message} (${file})`;
    throw error;
  }
}

/** A connection that will only read. Opened for writing, because a reader of a WAL file must be able to recover it. */
export function openForReading(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  db.exec('PRAGMA query_only=ON; PRAGMA cache_size=-2000');
  return db;
}

/**
 * The writer's connection: durable at each commit, checkpoints only when told to. The first page of a table moves its rows
 * away when it is full; what they leave there is overwritten, so that an erasure finds every copy.
 */
export function openForWriting(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    db.exec(
      `PRAGMA page_size=${pageBytes}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-4000; PRAGMA secure_delete=ON`,
    );
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Inside a transaction. */
export function createSchema(db: DatabaseSync): void {
  db.exec(schema);
  db.exec(`PRAGMA application_id=${applicationId}; PRAGMA user_version=${segmentVersion}`);
}

/** A BLOB column. Anything else is DATA_CORRUPT. */
export function blobOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw corrupt('a column has the wrong type');
}
