/** The tables of `telemetry.db`: one row per (subject, step, start), and the counts of each source. */
import { DatabaseSync } from 'node:sqlite';
import { AppFailure, appError } from '#contract/errors.ts';
import { z } from '#contract/zod.ts';
import type { SubjectType } from './columns.ts';
import { levels } from './levels.ts';

const FORMAT_VERSION = 1;

const countsSchema = z.array(z.number());
/** Counts of each source since it exists, in the order of `fates`. */
export type StoredTotals = Readonly<Record<string, readonly number[]>>;

export interface WindowRows {
  /** The number under which a subject's windows are stored. */
  subjectId(type: SubjectType, name: string): number;
  put(subject: number, stepMs: number, start: number, body: Uint8Array): void;
  get(subject: number, stepMs: number, start: number): Uint8Array | null;
  /** Windows whose start lies in [from, to), ascending. */
  range(subject: number, stepMs: number, fromMs: number, toMs: number): readonly { readonly start: number; readonly body: Uint8Array }[];
  /** Deletes what is older than its level keeps. */
  prune(now: number): void;
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
    prune(now) {
      const ids = statements.subjects.all().map((row) => Number(row.id));
      for (const id of ids) for (const { stepMs, keepMs } of levels) statements.prune.run(id, stepMs, now - keepMs);
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
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > FORMAT_VERSION) throw new AppFailure(appError('DATA_NEWER', { file: 'telemetry.db', version, knows: FORMAT_VERSION }));
  // Telemetry is worth no fsync.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000');
  database.exec(`
    PRAGMA user_version = ${FORMAT_VERSION};
    CREATE TABLE IF NOT EXISTS subject (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (type, name));
    CREATE TABLE IF NOT EXISTS window (subject INTEGER NOT NULL, step INTEGER NOT NULL, start INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (subject, step, start)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS total (source TEXT PRIMARY KEY, counts TEXT NOT NULL) WITHOUT ROWID;
  `);
}
