import { StoreFailure } from './store-failure.ts';

/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html */
const codes = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 };

/** SQLite's primary result code; null for any other error. */
export function primaryCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

/** The expected failure that an error of SQLite stands for; null where it is a bug. */
export function toStoreFailure(error: unknown): StoreFailure | null {
  const details = { cause: error instanceof Error ? error.message : String(error) };
  switch (primaryCode(error)) {
    case codes.full:
      return new StoreFailure('INGEST_DISK_FULL', details);
    case codes.corrupt:
    case codes.notADatabase:
      return new StoreFailure('DATA_CORRUPT', details);
    case codes.readOnly:
    case codes.cantOpen:
      return new StoreFailure('DATA_READONLY', details);
    case codes.ioError:
    case codes.busy:
      return new StoreFailure('INGEST_STORE_FAILED', details);
    default:
      return null;
  }
}
