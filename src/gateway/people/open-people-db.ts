import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type AppError, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { openFailure } from '#gateway/control/store/sqlite-failure.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { bringUp, versionIn } from '#gateway/migrations/bring-up.ts';
import { peopleSchema } from './people-rows.ts';

export interface PeopleDb {
  readonly database: DatabaseSync;
  /** The secret of this gateway's hashes. Made once. */
  readonly key: Buffer;
  readonly everSuppressed: boolean;
}

const valueRow = z.object({ value: z.string() }).optional();

/** Opens `people.db`, made where absent. DATA_CORRUPT, DATA_NEWER, DATA_READONLY, DATA_LOCKED, DATA_MIGRATION_FAILED. */
export function openPeopleDb(file: string): Result<PeopleDb> {
  let database: DatabaseSync | null = null;
  try {
    makePrivate(file);
    database = new DatabaseSync(file);
    const opened = prepare(database, file);
    if (!opened.ok) database.close();
    return opened;
  } catch (thrown) {
    if (database?.isOpen) database.close();
    const failure = failureOf(thrown, file);
    if (failure === null) throw thrown;
    return err(failure);
  }
}

function prepare(database: DatabaseSync, file: string): Result<PeopleDb> {
  // Before anything is written: a newer Sluice's file stays as it was.
  versionIn(database, peopleSchema);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA busy_timeout = 5000');
  bringUp(database, peopleSchema);
  const read = (name: string) => valueRow.parse(database.prepare('SELECT value FROM meta WHERE name = ?').get(name))?.value;
  const key = read('key');
  if (key === undefined) return err(appError('DATA_CORRUPT', { file }));
  return ok({ database, key: Buffer.from(key, 'base64'), everSuppressed: read('everSuppressed') !== undefined });
}

/** SQLite would leave a new file readable by everybody; its WAL takes the same mode. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
}

function failureOf(thrown: unknown, file: string): AppError | null {
  if (thrown instanceof StoreFailure) return appError(thrown.code, thrown.details);
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (['EACCES', 'EROFS', 'EPERM'].includes(code)) return appError('DATA_READONLY', { file, cause: code });
  return openFailure(thrown, file);
}
