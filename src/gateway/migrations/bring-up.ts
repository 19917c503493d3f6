/**
 * Brings a database to the version that this Sluice writes: all steps, the check and the new version number
 * in one transaction. Killed at any moment, the file has its old form or its new one. Loads no
 * schema library, because workers use it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { primaryCode } from '#gateway/log/sqlite/sqlite-errors.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { type DatabaseSchema, type Step, statementsAt, versionOf } from './database-schema.ts';

export interface BroughtUp {
  /** Version before; 0: the file was empty. */
  readonly from: number;
  readonly to: number;
}

/** SQLite's codes for what a disk does, not a step: busy, read-only, I/O error, damaged, full, cannot open, no database. */
const diskCodes: ReadonlySet<number | null> = new Set([5, 8, 10, 11, 13, 14, 26]);

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

/** Version of a file, 0 where it is empty. Changes nothing. Throws StoreFailure DATA_NEWER or DATA_CORRUPT. */
export function versionIn(db: DatabaseSync, schema: DatabaseSchema): number {
  const { file, applicationId } = schema;
  const version = pragma(db, 'user_version');
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n);
  const isOurs = tables === 0 || (version > 0 && (applicationId === undefined || pragma(db, 'application_id') === applicationId));
  if (!isOurs) throw new StoreFailure('DATA_CORRUPT', { file, cause: 'not a file of Sluice' });
  if (version > versionOf(schema)) throw new StoreFailure('DATA_NEWER', { file, version, supported: versionOf(schema) });
  // Whoever was interrupted before it made a table may have written a version already.
  return tables === 0 ? 0 : version;
}

/**
 * Makes or migrates the file behind a writing connection. Throws StoreFailure DATA_NEWER, DATA_CORRUPT or
 * DATA_MIGRATION_FAILED, and what SQLite throws where the disk is at fault; the file is then as it was.
 */
export function bringUp(db: DatabaseSync, schema: DatabaseSchema): BroughtUp {
  const to = versionOf(schema);
  // Most often there is nothing to do, and nothing is locked.
  if (versionIn(db, schema) === to) return { from: to, to };
  return inTransaction(db, () => {
    const from = versionIn(db, schema);
    if (from === 0) create(db, schema);
    for (const step of schema.steps) if (step.to > Math.max(from, 1)) take(db, schema, from, step, step.up);
    db.exec(`PRAGMA user_version=${to}`);
    smokeTest(db, schema, from, to);
    return { from, to };
  });
}

/** Takes the newest step back, where it is an expand with a way back. Throws StoreFailure DATA_MIGRATION_FAILED otherwise. */
export function stepDown(db: DatabaseSync, schema: DatabaseSchema): BroughtUp {
  return inTransaction(db, () => {
    const from = versionIn(db, schema);
    const step = schema.steps.find(({ to }) => to === from);
    if (!step?.down) throw failed(schema, from, from - 1, 'there is no way back from this version but a restore');
    take(db, schema, from, step, step.down);
    db.exec(`PRAGMA user_version=${from - 1}`);
    smokeTest(db, schema, from, from - 1);
    return { from, to: from - 1 };
  });
}

function create(db: DatabaseSync, schema: DatabaseSchema): void {
  schema.first(db);
  if (schema.applicationId !== undefined) db.exec(`PRAGMA application_id=${schema.applicationId}`);
}

function take(db: DatabaseSync, schema: DatabaseSchema, from: number, step: Step, work: (db: DatabaseSync) => void): void {
  try {
    work(db);
  } catch (error) {
    if (error instanceof StoreFailure || diskCodes.has(primaryCode(error))) throw error;
    throw failed(schema, from, step.to, `${step.what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What a version needs is there, nothing refers to what is gone, and the pages are sound. */
function smokeTest(db: DatabaseSync, schema: DatabaseSchema, from: number, version: number): void {
  for (const sql of statementsAt(schema, version)) {
    try {
      db.prepare(sql);
    } catch (error) {
      throw failed(schema, from, version, error instanceof Error ? error.message : String(error));
    }
  }
  // A new file has nothing in it that could be wrong.
  if (from === 0) return;
  if (db.prepare('PRAGMA foreign_key_check').get() !== undefined) throw failed(schema, from, version, 'rows refer to rows that are gone');
  const found = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (found !== 'ok') throw new StoreFailure('DATA_CORRUPT', { file: schema.file, cause: String(found) });
}

function failed({ file }: DatabaseSchema, from: number, to: number, cause: string): StoreFailure {
  return new StoreFailure('DATA_MIGRATION_FAILED', { file, from, to, cause });
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
