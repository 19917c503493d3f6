import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { bringUp, versionIn } from '#gateway/migrations/bring-up.ts';
import type { DocumentStore } from './document-store.ts';
import { openFailure } from './store/sqlite-failure.ts';
import { createSqliteRows } from './store/sqlite-rows.ts';
import { controlSchema } from './store/sqlite-schema.ts';
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
const checkRow = z.object({ quick_check: z.string() });

/**
 * Opens the document store of a gateway: one SQLite file in WAL mode, each commit synced to
 * disk before it is answered (`synchronous=FULL`). A damaged or newer file is left as it is:
 * DATA_CORRUPT, DATA_NEWER, DATA_READONLY, DATA_LOCKED, DATA_MIGRATION_FAILED, CONTROL_STORE_FAILED (no room).
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
    const failure = failureOf(thrown, options.file);
    if (failure === null) throw thrown;
    return err(failure);
  }
}

function failureOf(thrown: unknown, file: string): AppError | null {
  if (thrown instanceof AppFailure) return thrown.error;
  return thrown instanceof StoreFailure ? appError(thrown.code, thrown.details) : openFailure(thrown, file);
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
  // Before anything is written: a newer Sluice's file stays byte for byte what it was.
  versionIn(database, controlSchema);
  const check = checkRow.parse(database.prepare('PRAGMA quick_check(1)').get()).quick_check;
  if (check !== 'ok') return err(appError('DATA_CORRUPT', { file }));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0',
  );
  if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
  bringUp(database, controlSchema);
  // A read-only file opens and reads well; say now that it cannot be written, not at the first stop somebody needs.
  database.exec('BEGIN IMMEDIATE; ROLLBACK');
  return ok(undefined);
}
