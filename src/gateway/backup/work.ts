/** One piece of work at a time, each in a backup process of its own, with its progress. */
import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import type { BackupProgress } from '#contract/operations/backup.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { BackupProcess } from './backup-process.ts';
import type { BackupsDeps, Begun } from './backups.ts';
import { createProgressBook, type ProgressBook } from './progress.ts';

export interface Work {
  readonly book: ProgressBook;
  isBusy(): boolean;
  /** BACKUP_BUSY. */
  begin<T>(work: BackupProgress['work'], id: string, job: (process: BackupProcess) => Promise<T>): Result<Begun<T>>;
  /** Into the audit, unless the gateway is ending. */
  note(action: string, id: string, reason: string, outcome: string): void;
  /** Ends what is going on. */
  close(): Promise<void>;
}

export function createWork({ start, store, now, bug }: Pick<BackupsDeps, 'start' | 'store' | 'now' | 'bug'>): Work {
  const book = createProgressBook(now);
  let running: { readonly process: BackupProcess; readonly done: Promise<unknown> } | null = null;
  let isClosed = false;

  async function carryOut<T>(process: BackupProcess, job: (process: BackupProcess) => Promise<T>): Promise<Result<T>> {
    let result: Result<T>;
    try {
      result = ok(await job(process));
    } catch (error) {
      result = err(expectedIn(error, bug));
    }
    await process.stop();
    running = null;
    book.end(result.ok ? null : result.error);
    return result;
  }

  return {
    book,
    isBusy: () => running !== null || isClosed,
    begin(work, id, job) {
      if (running || isClosed) return err(appError('BACKUP_BUSY'));
      book.begin(work, id);
      const process = start(book.report);
      const done = carryOut(process, job);
      running = { process, done };
      return ok({ id, done });
    },
    note(action, target, reason, outcome) {
      if (!isClosed) store.note({ by: 'system', action, target, reason: reason.slice(0, 500), commandId: null }, outcome);
    },
    async close() {
      isClosed = true;
      await running?.process.stop();
      await running?.done;
    },
  };
}

/** What is expected, as a value; a bug is told, and does not end the gateway: it cost a backup. */
export function expectedIn(error: unknown, bug: (error: unknown) => void): AppError {
  if (error instanceof AppFailure) return error.error;
  bug(error);
  return appError('BACKUP_FAILED', { cause: 'a bug; see the log' });
}
