/**
 * Windows of all subjects in SQLite: one row per (subject, step, start). Rolls up,
 * keeps for as long as `levels` says, answers history. Runs in a worker; synchronous inside.
 *
 * Frames are written once every FLUSH_FRAMES seconds together with the rollups still open, so a
 * crash costs at most that many seconds, at every level. `synchronous=NORMAL`: telemetry is worth no fsync.
 */
import { DatabaseSync } from 'node:sqlite';
import { AppFailure, appError } from '#contract/errors.ts';
import { z } from '#contract/zod.ts';
import { type Layout, layouts, type SubjectType } from './columns.ts';
import { readFrame } from './frame.ts';
import { levels, windowStart } from './levels.ts';
import { decodeWindow, emptyWindow, encodeWindow, rollInto, type Window } from './window.ts';

export const FORMAT_VERSION = 1;
const FLUSH_FRAMES = 10;
const PRUNE_EVERY_MS = 60_000;

export interface SubjectKey {
  readonly type: SubjectType;
  readonly id: string;
}

const countsSchema = z.array(z.number());
/** Counts of each source since it exists, in the order of `fates`. */
export type StoredTotals = Readonly<Record<string, readonly number[]>>;

export interface StoredWindow {
  /** Epoch ms. */
  readonly start: number;
  readonly window: Window;
}

interface Subject {
  readonly key: SubjectKey;
  readonly layout: Layout;
  /** Windows by step and start that are not on disk, or newer than on disk. */
  readonly dirty: Map<number, Map<number, Window>>;
}

export interface WindowStore {
  /** Announces a subject under a number that its frames use. */
  announce(number: number, key: SubjectKey): void;
  putFrame(frame: Float64Array): void;
  putTotals(totals: StoredTotals): void;
  totals(): StoredTotals;
  /** Windows of a subject whose start lies in [from, to), ascending, with those not yet on disk. */
  read(key: SubjectKey, stepMs: number, fromMs: number, toMs: number): readonly StoredWindow[];
  /** End of the last frame, epoch ms; 0 before the first. */
  lastAt(): number;
  flush(): void;
  close(): void;
}

/** Opens the store; `path` may be `:memory:`. Throws what SQLite throws on a damaged file. */
export function openWindowStore(path: string): WindowStore {
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
  const byNumber = new Map<number, Subject>();
  const byKey = new Map<string, Subject>();
  const rowIds = new Map<Subject, number>();
  let framesSinceFlush = 0;
  let lastAt = 0;
  let prunedAt = 0;
  /** End of the first frame of this run: only rollups open then can already be on disk. */
  let firstAt = 0;

  function rowId(subject: Subject): number {
    let id = rowIds.get(subject);
    if (id === undefined) {
      id = Number(statements.subject.get(subject.key.type, subject.key.id)?.id);
      rowIds.set(subject, id);
    }
    return id;
  }

  function subjectOf(key: SubjectKey): Subject {
    const name = `${key.type}:${key.id}`;
    let subject = byKey.get(name);
    if (!subject) {
      subject = { key, layout: layouts[key.type], dirty: new Map(levels.map(({ stepMs }) => [stepMs, new Map()])) };
      byKey.set(name, subject);
    }
    return subject;
  }

  function put(subject: Subject, at: number, window: Window): void {
    for (const { stepMs } of levels) {
      const start = windowStart(at, stepMs);
      const open = subject.dirty.get(stepMs);
      let target = open?.get(start);
      if (!target) {
        target = (start <= windowStart(firstAt, stepMs) ? stored(subject, stepMs, start) : null) ?? emptyWindow(subject.layout);
        open?.set(start, target);
      }
      rollInto(target, window, subject.layout);
    }
  }

  /** A rollup that was begun before a restart. */
  function stored(subject: Subject, stepMs: number, start: number): Window | null {
    const row = statements.get.get(rowId(subject), stepMs, start);
    return row?.body instanceof Uint8Array ? decodeWindow(row.body, subject.layout) : null;
  }

  function flush(): void {
    framesSinceFlush = 0;
    try {
      transaction(database, () => {
        forEachDirty((subject, stepMs, start, window) =>
          statements.put.run(rowId(subject), stepMs, start, encodeWindow(window, subject.layout)),
        );
        if (lastAt - prunedAt >= PRUNE_EVERY_MS) prune();
      });
    } finally {
      // Also where the disk refused: a gap in a chart is better than memory that grows until it returns.
      forEachDirty((subject, stepMs, start) => {
        if (start !== windowStart(lastAt, stepMs)) subject.dirty.get(stepMs)?.delete(start);
      });
    }
  }

  function forEachDirty(visit: (subject: Subject, stepMs: number, start: number, window: Window) => void): void {
    for (const subject of byKey.values())
      for (const [stepMs, windows] of subject.dirty) for (const [start, window] of windows) visit(subject, stepMs, start, window);
  }

  function prune(): void {
    prunedAt = lastAt;
    const ids = statements.subjects.all().map((row) => Number(row.id));
    for (const id of ids) for (const { stepMs, keepMs } of levels) statements.prune.run(id, stepMs, lastAt - keepMs);
  }

  return {
    announce: (number, key) => void byNumber.set(number, subjectOf(key)),
    putFrame(frame) {
      const { at, entries } = readFrame(frame, (number) => byNumber.get(number)?.layout ?? unknownSubject(number));
      firstAt ||= at;
      lastAt = Math.max(lastAt, at);
      for (const { subject, window } of entries) put(byNumber.get(subject) ?? unknownSubject(subject), at, window);
      if (++framesSinceFlush >= FLUSH_FRAMES) flush();
    },
    putTotals(totals) {
      transaction(database, () => {
        for (const [source, counts] of Object.entries(totals)) statements.putTotals.run(source, JSON.stringify(counts));
      });
    },
    totals: () =>
      Object.fromEntries(statements.totals.all().map((row) => [String(row.source), countsSchema.parse(JSON.parse(String(row.counts)))])),
    read(key, stepMs, fromMs, toMs) {
      const subject = subjectOf(key);
      const found = new Map<number, Window>();
      for (const row of statements.range.all(rowId(subject), stepMs, fromMs, toMs)) {
        if (row.body instanceof Uint8Array) found.set(Number(row.start), decodeWindow(row.body, subject.layout));
      }
      for (const [start, window] of subject.dirty.get(stepMs) ?? []) if (start >= fromMs && start < toMs) found.set(start, window);
      return [...found].sort(([a], [b]) => a - b).map(([start, window]) => ({ start, window }));
    },
    lastAt: () => lastAt,
    flush,
    close() {
      flush();
      database.close();
    },
  };
}

function unknownSubject(number: number): never {
  throw new Error(`subject ${number} was not announced`);
}

function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function prepare(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > FORMAT_VERSION) throw new AppFailure(appError('DATA_NEWER', { file: 'telemetry.db', version, knows: FORMAT_VERSION }));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000');
  database.exec(`
    PRAGMA user_version = ${FORMAT_VERSION};
    CREATE TABLE IF NOT EXISTS subject (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (type, name));
    CREATE TABLE IF NOT EXISTS window (subject INTEGER NOT NULL, step INTEGER NOT NULL, start INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (subject, step, start)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS total (source TEXT PRIMARY KEY, counts TEXT NOT NULL) WITHOUT ROWID;
  `);
}
