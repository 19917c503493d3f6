/**
 * The half of the quarantine that has the file: `quarantine.db`, in a worker, so that a flood of bad events stalls
 * nobody else's. Loads no schema library. Every change is one transaction, synced when it returns.
 *
 * Q1, per source: quarantined = held + released + discarded + expired.
 */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';

export interface NewHeld {
  readonly source: string;
  readonly messageId: string;
  readonly type: string;
  readonly name: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly plan: string;
  readonly revision: number;
  /** JSON. */
  readonly violations: string;
  /** The event alone, as JSON. */
  readonly body: string;
}
export interface Held extends NewHeld {
  readonly id: number;
}

export interface QuarantineLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** Which events are meant: some by id, or all that fit. */
export interface Choice {
  readonly ids?: readonly number[] | undefined;
  readonly source?: string | undefined;
  readonly event?: string | undefined;
}

export interface QuarantineTotals {
  readonly quarantined: number;
  readonly held: number;
  readonly bytes: number;
  readonly released: number;
  readonly discarded: number;
  readonly expired: number;
}

export interface HeldGroup {
  readonly source: string;
  readonly event: string;
  readonly events: number;
  readonly oldestAt: number;
}

export interface QuarantineOps {
  open(input: { readonly file: string; readonly limits: QuarantineLimits }): void;
  /** Of a message id that is held already, the first stays. Over a limit, the oldest expire. */
  put(input: { readonly events: readonly NewHeld[] }): { readonly stored: readonly boolean[] };
  list(input: { readonly choice: Choice; readonly afterId: number; readonly limit: number }): readonly Held[];
  groups(input: null): readonly HeldGroup[];
  totals(input: null): QuarantineTotals;
  /** Marks events as on their way into the log: nothing else may take them until `settle`. */
  claim(input: { readonly choice: Choice; readonly afterId: number; readonly limit: number }): readonly Held[];
  /** Ends a claim: released ones go, kept ones stay with today's violations. */
  settle(input: {
    readonly released: readonly number[];
    readonly kept: readonly { readonly id: number; readonly plan: string; readonly revision: number; readonly violations: string }[];
  }): void;
  /** Claims that a former process did not settle. */
  unsettled(input: null): readonly Held[];
  discard(input: { readonly choice: Choice }): number;
  /** Ends what was received before; answers how many. */
  expire(input: { readonly beforeMs: number; readonly limits: QuarantineLimits }): number;
  close(input: null): void;
}

const schemaVersion = 1;
const schema = `
  CREATE TABLE held (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, messageId TEXT NOT NULL, type TEXT NOT NULL,
    name TEXT NOT NULL, receivedAt REAL NOT NULL, plan TEXT NOT NULL, revision INTEGER NOT NULL, violations TEXT NOT NULL,
    body TEXT NOT NULL, bytes INTEGER NOT NULL, claimed INTEGER NOT NULL DEFAULT 0, UNIQUE (source, messageId));
  CREATE INDEX byName ON held (source, name);
  CREATE INDEX byTime ON held (receivedAt);
  CREATE INDEX byClaim ON held (id) WHERE claimed = 1;
  CREATE TABLE ended (source TEXT PRIMARY KEY, released INTEGER NOT NULL DEFAULT 0, discarded INTEGER NOT NULL DEFAULT 0,
    expired INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
`;
type End = 'released' | 'discarded' | 'expired';
const columns = 'id, source, messageId, type, name, receivedAt, plan, revision, violations, body';

export function createQuarantineStore(): QuarantineOps {
  let database: DatabaseSync | null = null;
  let limits: QuarantineLimits = { maxEvents: 0, maxBytes: 0 };
  let held = 0;
  let bytes = 0;
  const db = (): DatabaseSync => {
    if (database === null) throw new Error('quarantine.db is not open');
    return database;
  };
  const rows = <T>(sql: string, ...values: readonly SQLInputValue[]): readonly T[] =>
    db()
      .prepare(sql)
      .all(...values) as unknown as readonly T[];

  function recount(): void {
    const [counted] = rows<{ events: number; bytes: number }>('SELECT count(*) AS events, coalesce(sum(bytes), 0) AS bytes FROM held');
    held = counted?.events ?? 0;
    bytes = counted?.bytes ?? 0;
  }
  function transaction<T>(work: () => T): T {
    db().exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      db().exec('COMMIT');
      return value;
    } catch (error) {
      if (db().isTransaction) db().exec('ROLLBACK');
      recount();
      throw error;
    }
  }
  /** Takes events out, counted by what became of them. */
  function end(ids: readonly number[], as: End): number {
    const take = db().prepare('DELETE FROM held WHERE id = ? RETURNING source, bytes');
    const count = db().prepare(`UPDATE ended SET ${as} = ${as} + 1 WHERE source = ?`);
    let ended = 0;
    for (const id of ids) {
      const [taken] = take.all(id) as unknown as readonly { source: string; bytes: number }[];
      if (taken === undefined) continue;
      count.run(taken.source);
      held--;
      bytes -= taken.bytes;
      ended++;
    }
    return ended;
  }
  function expireOldest(): number {
    let expired = 0;
    while (held > limits.maxEvents || bytes > limits.maxBytes) {
      const excess = Math.min(500, Math.max(1, held - limits.maxEvents));
      const oldest = rows<{ id: number }>('SELECT id FROM held WHERE claimed = 0 ORDER BY id LIMIT ?', excess);
      if (oldest.length === 0) break;
      expired += end(
        oldest.map(({ id }) => id),
        'expired',
      );
    }
    return expired;
  }
  function chosen({ ids, source, event }: Choice): { readonly where: string; readonly values: readonly SQLInputValue[] } {
    const parts: string[] = ['claimed = 0'];
    const values: SQLInputValue[] = [];
    if (ids !== undefined) {
      parts.push(`id IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(ids));
    }
    if (source !== undefined) {
      parts.push('source = ?');
      values.push(source);
    }
    if (event !== undefined) {
      parts.push('name = ?');
      values.push(event);
    }
    return { where: parts.join(' AND '), values };
  }
  function list(choice: Choice, afterId: number, limit: number): readonly Held[] {
    const { where, values } = chosen(choice);
    return rows<Held>(`SELECT ${columns} FROM held WHERE ${where} AND id > ? ORDER BY id LIMIT ?`, ...values, afterId, limit);
  }

  return {
    open(input) {
      limits = input.limits;
      database = openFile(input.file);
      recount();
    },
    put: ({ events }) =>
      transaction(() => {
        const insert = db().prepare(
          'INSERT OR IGNORE INTO held (source, messageId, type, name, receivedAt, plan, revision, violations, body, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        );
        const count = db().prepare(
          'INSERT INTO ended (source, quarantined) VALUES (?, 1) ON CONFLICT DO UPDATE SET quarantined = quarantined + 1',
        );
        const stored = events.map(({ source, messageId, type, name, receivedAt, plan, revision, violations, body }) => {
          const size = Buffer.byteLength(body);
          const isNew = insert.run(source, messageId, type, name, receivedAt, plan, revision, violations, body, size).changes > 0;
          if (!isNew) return false;
          count.run(source);
          held++;
          bytes += size;
          return true;
        });
        expireOldest();
        return { stored };
      }),
    list: ({ choice, afterId, limit }) => list(choice, afterId, limit),
    groups: () =>
      rows<HeldGroup>(
        'SELECT source, name AS event, count(*) AS events, min(receivedAt) AS oldestAt FROM held GROUP BY source, name ORDER BY events DESC LIMIT 200',
      ),
    totals() {
      const [ended] = rows<Omit<QuarantineTotals, 'held' | 'bytes'>>(
        'SELECT coalesce(sum(quarantined), 0) AS quarantined, coalesce(sum(released), 0) AS released, coalesce(sum(discarded), 0) AS discarded, coalesce(sum(expired), 0) AS expired FROM ended',
      );
      return { quarantined: 0, released: 0, discarded: 0, expired: 0, ...ended, held, bytes };
    },
    claim: ({ choice, afterId, limit }) =>
      transaction(() => {
        const claimed = list(choice, afterId, limit);
        const mark = db().prepare('UPDATE held SET claimed = 1 WHERE id = ?');
        for (const { id } of claimed) mark.run(id);
        return claimed;
      }),
    settle: ({ released, kept }) =>
      transaction(() => {
        end(released, 'released');
        const keep = db().prepare('UPDATE held SET claimed = 0, plan = ?, revision = ?, violations = ? WHERE id = ?');
        for (const { id, plan, revision, violations } of kept) keep.run(plan, revision, violations, id);
      }),
    unsettled: () => rows<Held>(`SELECT ${columns} FROM held WHERE claimed = 1 ORDER BY id`),
    discard: ({ choice }) =>
      transaction(() => {
        const { where, values } = chosen(choice);
        const ids = rows<{ id: number }>(`SELECT id FROM held WHERE ${where}`, ...values);
        return end(
          ids.map(({ id }) => id),
          'discarded',
        );
      }),
    expire: (input) =>
      transaction(() => {
        limits = input.limits;
        const old = rows<{ id: number }>('SELECT id FROM held WHERE receivedAt < ? AND claimed = 0', input.beforeMs);
        return (
          end(
            old.map(({ id }) => id),
            'expired',
          ) + expireOldest()
        );
      }),
    close() {
      database?.close();
      database = null;
    },
  };
}

function openFile(file: string): DatabaseSync {
  try {
    // SQLite would leave a new file readable by everybody.
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'EEXIST') throw new StoreFailure(code === 'ENOSPC' ? 'INGEST_DISK_FULL' : 'DATA_READONLY', { file, cause: code });
  }
  const database = new DatabaseSync(file);
  const [version] = database.prepare('PRAGMA user_version').all() as unknown as readonly { user_version: number }[];
  if ((version?.user_version ?? 0) > schemaVersion) {
    database.close();
    throw new StoreFailure('DATA_NEWER', { file, version: version?.user_version, supported: schemaVersion });
  }
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
  if (version?.user_version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
  return database;
}
