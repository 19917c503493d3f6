import { type AppError, appError } from '#contract/errors.ts';

/** SQLite result codes that a person can do something about: https://www.sqlite.org/rescode.html */
const busy = 5;
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;

/** The primary result code of an error from node:sqlite; null for any other. */
export function sqliteCode(thrown: unknown): number | null {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return null;
  return thrown.errcode & 0xff;
}

/** What opening or reading failed with, as a value; null where it is a bug and must be thrown on. */
export function openFailure(thrown: unknown, file: string): AppError | null {
  switch (sqliteCode(thrown)) {
    case corrupt:
    case notADatabase:
      return appError('DATA_CORRUPT', { file });
    case readOnly:
    case cannotOpen:
      return appError('DATA_READONLY', { file });
    case busy:
      return appError('DATA_LOCKED', { file });
    case full:
    case ioError:
      return appError('CONTROL_STORE_FAILED', { file, why: 'the disk is full or failing' });
    default:
      return null;
  }
}

/** What a commit failed with; null where it is a bug. Whatever the disk's reason, nothing was written. */
export function writeFailure(thrown: unknown): AppError | null {
  const reasons = new Map([
    [busy, 'the database is locked'],
    [readOnly, 'the file is read-only'],
    [ioError, 'the disk fails'],
    [corrupt, 'the database is damaged'],
    [full, 'the disk is full'],
    [cannotOpen, 'the file cannot be opened'],
    [notADatabase, 'the database is damaged'],
  ]);
  const why = reasons.get(sqliteCode(thrown) ?? -1);
  return why === undefined ? null : appError('CONTROL_STORE_FAILED', { why });
}
