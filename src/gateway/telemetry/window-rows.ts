/** The tables of `telemetry.db`: one row per (subject, step, start), and the counts of each source. */
import { DatabaseSync } from 'node:sqlite';
import { AppFailure, appError } from '#contract/errors.ts';
import { z } from '#contract/zod.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { bringUp, versionIn } from '#gateway/migrations/bring-up.ts';
import type { SubjectType } from './columns.ts';
import { levelsKept } from './levels.ts';
import { telemetrySchema } from './telemetry-schema.ts';

const countsSchema = z.array(z.number());
/** Counts of each source since it exists, in the order of `fates`. */
export type StoredTotals = Readonly<Record<string, readonly number[]>>;

/** What is stored of the past. */
export interface KeptWindows {
  readonly windows: number;
  readonly bytes: number;
  /** Start of the oldest, epoch ms; null where there is none. */
  readonly oldestAt: number | null;
}

export interface WindowRows {
  /** The number under which a subject's windows are stored. */
  subjectId(type: SubjectType, name: string): number;
  put(subject: number, stepMs: number, start: number, body: Uint8Array): void;
  get(subject: number, stepMs: number, start: number): Uint8Array | null;
  /** Windows whose start lies in [from, to), ascending. */
  range(subject: number, stepMs: number, fromMs: number, toMs: number): readonly { readonly start: number; readonly body: Uint8Array }[];
  /** Deletes what is older than its level keeps; the coarsest keeps `rollupMs`. */
  prune(now: number, rollupMs: number): void;
  kept(): KeptWindows;
  /** Deletes windows that began before; answers how many there were. */
  purge(beforeMs: number, isDryRun: boolean): number;
  putTotals(totals: StoredTotals): void;
  totals(): StoredTotals;
  /** All of `work` is written, or nothing. */
  transaction(work: () => void): void;
  close(): void;
}

/** Opens the tables; `path` may be `:memory:`. Throws DATA_NEWER, and what SQLite throws on a damaged file. */
export function openWindowRows(path: string): WindowRows {
  const database = new DatabaseSync(path);
  prepare(database);
  const statements = {
    subject: database.prepare('INSERT INTO subject (type, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = name RETURNING id'),
    put: database.prepare(
      'INSERT INTO window (subject, step, start, body) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    ),
    get: database.prepare('SELECT body FROM window WHERE subject = ? AND step = ? AND start = ?'),
    range: database.prepare('SELECT start, body FROM window WHERE subject = ? AND step = ? AND start >= ? AND start < ? ORDER BY start'),
    prune: database.prepare('DELETE FROM window WHERE subject = ? AND step = ? AND start < ?'),
    subjects: database.prepare('SELECT id FROM subject'),
    putTotals: database.prepare('INSERT INTO total (source, counts) VALUES (?, ?) ON CONFLICT DO UPDATE SET counts = excluded.counts'),
    totals: database.prepare('SELECT source, counts FROM total'),
    kept: database.prepare('SELECT count(*) AS windows, coalesce(sum(length(body)), 0) AS bytes, min(start) AS oldestAt FROM window'),
    countBefore: database.prepare('SELECT count(*) AS windows FROM window WHERE start < ?'),
    purge: database.prepare('DELETE FROM window WHERE start < ?'),
  };

  function transaction(work: () => void): void {
    database.exec('BEGIN');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  return {
    subjectId: (type, name) => Number(statements.subject.get(type, name)?.id),
    put: (subject, stepMs, start, body) => void statements.put.run(subject, stepMs, start, body),
    get(subject, stepMs, start) {
      const body = statements.get.get(subject, stepMs, start)?.body;
      return body instanceof Uint8Array ? body : null;
    },
    range: (subject, stepMs, fromMs, toMs) =>
      statements.range
        .all(subject, stepMs, fromMs, toMs)
        .flatMap(({ start, body }) => (body instanceof Uint8Array ? [{ start: Number(start), body }] : [])),
    prune(now, rollupMs) {
      const ids = statements.subjects.all().map((row) => Number(row.id));
      for (const id of ids) for (const { stepMs, keepMs } of levelsKept(rollupMs)) statements.prune.run(id, stepMs, now - keepMs);
    },
    kept() {
      const row = statements.kept.get();
      return {
        windows: Number(row?.windows),
        bytes: Number(row?.bytes),
        oldestAt: typeof row?.oldestAt === 'number' ? row.oldestAt : null,
      };
    },
    purge(beforeMs, isDryRun) {
      if (isDryRun) return Number(statements.countBefore.get(beforeMs)?.windows);
      return Number(statements.purge.run(beforeMs).changes);
    },
    putTotals(totals) {
      transaction(() => {
        for (const [source, counts] of Object.entries(totals)) statements.putTotals.run(source, JSON.stringify(counts));
      });
    },
    totals: () =>
      Object.fromEntries(statements.totals.all().map((row) => [String(row.source), countsSchema.parse(JSON.parse(String(row.counts)))])),
    transaction,
    close: () => database.close(),
  };
}

function prepare(database: DatabaseSync): void {
  try {
    // Before anything is written: a newer Sluice's file stays as it was.
    versionIn(database, telemetrySchema);
    // Telemetry is worth no fsync.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000');
    bringUp(database, telemetrySchema);
  } catch (error) {
    database.close();
    throw error instanceof StoreFailure ? new AppFailure(appError(error.code, error.details)) : error;
  }
}
