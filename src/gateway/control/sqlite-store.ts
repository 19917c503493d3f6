import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { DocumentStore } from './document-store.ts';
import { openFailure } from './store/sqlite-failure.ts';
import { createSqliteRows } from './store/sqlite-rows.ts';
import { controlSchema, controlSchemaVersion } from './store/sqlite-schema.ts';
import { createStore } from './store/store.ts';

export interface SqliteStoreOptions {
  /** Path of `control.db`; created if absent. */
  readonly file: string;
  /** Epoch ms. */
  readonly now: () => number;
  /** Largest size of the file, bytes; beyond it a change answers CONTROL_STORE_FAILED. Absent: what the disk has. */
  readonly maxBytes?: number | undefined;
}

const pageBytes = 4096;
const versionRow = z.object({ user_version: z.number() });
const checkRow = z.object({ quick_check: z.string() });

/**
 * Opens the document store of a gateway: one SQLite file in WAL mode, each commit synced to
 * disk before it is answered (`synchronous=FULL`). A damaged or newer file is left as it is:
 * DATA_CORRUPT, DATA_NEWER, DATA_READONLY, DATA_LOCKED, CONTROL_STORE_FAILED (no room).
 */
export function openSqliteStore(options: SqliteStoreOptions): Result<DocumentStore> {
  let database: DatabaseSync | null = null;
  try {
    makePrivate(options.file);
    database = new DatabaseSync(options.file);
    const prepared = prepare(database, options);
    const store = prepared.ok ? createStore(createSqliteRows(database), options.now) : prepared;
    if (!store.ok) database.close();
    return store;
  } catch (thrown) {
    if (database?.isOpen) database.close();
    const failure = thrown instanceof AppFailure ? thrown.error : openFailure(thrown, options.file);
    if (failure === null) throw thrown;
    return err(failure);
  }
}

/** Made beforehand, because SQLite would leave a new file readable by everybody; its WAL takes the same mode. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
    if (code === 'EEXIST') return;
    if (code === 'ENOSPC') throw new AppFailure(appError('CONTROL_STORE_FAILED', { file, why: 'the disk is full' }));
    throw code === null ? thrown : new AppFailure(appError('DATA_READONLY', { file, why: code }));
  }
}

function prepare(database: DatabaseSync, { file, maxBytes }: SqliteStoreOptions): Result<void> {
  const version = versionRow.parse(database.prepare('PRAGMA user_version').get()).user_version;
  // Before anything is written: a newer Sluice's file stays byte for byte what it was.
  if (version > controlSchemaVersion) return err(appError('DATA_NEWER', { file, version, supported: controlSchemaVersion }));
  const check = checkRow.parse(database.prepare('PRAGMA quick_check(1)').get()).quick_check;
  if (check !== 'ok') return err(appError('DATA_CORRUPT', { file }));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0',
  );
  if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${controlSchema} PRAGMA user_version = ${controlSchemaVersion}; COMMIT`);
  // A read-only file opens and reads well; say now that it cannot be written, not at the first stop somebody needs.
  database.exec('BEGIN IMMEDIATE; ROLLBACK');
  return ok(undefined);
}
