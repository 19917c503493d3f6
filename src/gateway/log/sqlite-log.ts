/**
 * The event log on SQLite: segments written by one worker, read by another, `lanes.db` written by a third. See
 * `docs/decisions/0011-log-chunks.md`.
 */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { createClock } from './clock.ts';
import type { LaneState } from './sqlite/lanes-store.ts';
import { limitsOf, type SqliteLogOptions } from './sqlite/options.ts';
import { SqliteEventLog, type SqliteLog } from './sqlite/sqlite-event-log.ts';
import { startAll, threads, type WorkerStarter } from './sqlite/workers.ts';

export type { SqliteLogOptions } from './sqlite/options.ts';
export type { SqliteLog } from './sqlite/sqlite-event-log.ts';

/** Makes the folder and proves that it can be written. */
function prepareFolder(folder: string): AppError | null {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return null;
  } catch (error) {
    return appError('DATA_READONLY', { folder, cause: error instanceof Error ? error.message : String(error) });
  }
}

/** A cursor above the head means that segments are missing: what was acknowledged would be overwritten. */
function checkCursors(head: number, lanes: readonly LaneState[]): void {
  const ahead = lanes.find((lane) => lane.cursor > head);
  if (ahead)
    throw new AppFailure(
      appError('DATA_CORRUPT', { cause: `destination ${ahead.destination} stands at ${ahead.cursor}, but the log ends at ${head}` }),
    );
}

/**
 * Opens (or makes) the log in a folder. Lanes may read at once; ingest is refused with INGEST_STARTING until
 * the dedupe table is loaded. `starter` runs the workers. Errors: DATA_READONLY, DATA_CORRUPT, DATA_NEWER, DATA_MIXED,
 * DATA_MIGRATION_FAILED, INGEST_STORE_FAILED.
 */
export async function openSqliteLog(options: SqliteLogOptions, starter: WorkerStarter = threads): Promise<Result<SqliteLog>> {
  const limits = limitsOf(options);
  const refusal = prepareFolder(limits.folder);
  if (refusal) return err(refusal);
  const workers = startAll(starter, limits.onCrash);
  try {
    const { folder, incarnation } = limits;
    const [opened, lanes] = await Promise.all([
      workers.writer.call('open', { folder }),
      workers.lanes.call('open', { folder, incarnation }),
    ]);
    checkCursors(opened.head, lanes.lanes);
    await workers.reader.call('open', { folder, segments: opened.segments.map((segment) => segment.firstSeq) });
    const clock = createClock(options.now, options.now);
    clock.raise(Math.max(opened.at, lanes.clock));
    return ok(new SqliteEventLog(limits, clock, workers, starter, opened, lanes));
  } catch (error) {
    await Promise.all(Object.values(workers).map((worker) => worker.stop()));
    if (error instanceof AppFailure) return err(error.error);
    throw error;
  }
}
