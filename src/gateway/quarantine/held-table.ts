/** The table of held events in `quarantine.db`, with its size kept in memory. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Violation } from '#contract/operations/pipeline.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { bringUp, versionIn } from '#gateway/migrations/bring-up.ts';
import { quarantineSchema } from './quarantine-schema.ts';

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
  readonly messageId?: string | undefined;
  readonly source?: string | undefined;
  readonly event?: string | undefined;
  readonly plan?: string | undefined;
  /** One of the ways in which they break it. */
  readonly violation?: Violation | undefined;
}

/** What becomes of a held event. */
export type End = 'released' | 'discarded' | 'expired';
/** Of an event, in the order of `Held`. */
export const columns = 'id, source, messageId, type, name, receivedAt, plan, revision, violations, body';
const insertion =
  'INSERT OR IGNORE INTO held (source, messageId, type, name, receivedAt, plan, revision, violations, body, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const arrival = 'INSERT INTO ended (source, quarantined) VALUES (?, 1) ON CONFLICT DO UPDATE SET quarantined = quarantined + 1';

export interface HeldTable {
  /** Of what is held now. */
  size(): { readonly events: number; readonly bytes: number };
  /** `T` must be what the query selects. */
  rows<T>(sql: string, ...values: readonly SQLInputValue[]): readonly T[];
  /** All of `work` is written and synced, or nothing. */
  transaction<T>(work: () => T): T;
  /** Writes the file anew: of what is not in it any more nothing is left, in no page. */
  writeAnew(): void;
  /** False where the message id is held already. */
  insert(event: NewHeld): boolean;
  list(choice: Choice, afterId: number, limit: number): readonly Held[];
  /** Takes events out, counted by what became of them; answers how many were there. */
  end(taken: readonly { readonly id: number }[], as: End): number;
  /** Ends the oldest until the table is within its limits. */
  expireOldest(limits: QuarantineLimits): number;
  close(): void;
}

export function openHeldTable(file: string): HeldTable {
  const database = openFile(file);
  let events = 0;
  let bytes = 0;

  /** Few texts, each used often. */
  const prepared = new Map<string, StatementSync>();
  function statement(sql: string): StatementSync {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  }
  function rows<T>(sql: string, ...values: readonly SQLInputValue[]): readonly T[] {
    // Not parsed: only this folder's own statements write the table, and what they bind is typed.
    return statement(sql).all(...values) as unknown as readonly T[];
  }
  function recount(): void {
    const [counted] = rows<{ events: number; bytes: number }>('SELECT count(*) AS events, coalesce(sum(bytes), 0) AS bytes FROM held');
    events = counted?.events ?? 0;
    bytes = counted?.bytes ?? 0;
  }
  function end(taken: readonly { readonly id: number }[], as: End): number {
    const count = statement(`UPDATE ended SET ${as} = ${as} + 1 WHERE source = ?`);
    let ended = 0;
    for (const { id } of taken) {
      const [gone] = rows<{ source: string; bytes: number }>('DELETE FROM held WHERE id = ? RETURNING source, bytes', id);
      if (gone === undefined) continue;
      count.run(gone.source);
      events--;
      bytes -= gone.bytes;
      ended++;
    }
    return ended;
  }

  recount();
  return {
    size: () => ({ events, bytes }),
    rows,
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const value = work();
        database.exec('COMMIT');
        return value;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        recount();
        throw error;
      }
    },
    writeAnew: () => database.exec('VACUUM'),
    insert({ source, messageId, type, name, receivedAt, plan, revision, violations, body }) {
      const size = Buffer.byteLength(body);
      const values = [source, messageId, type, name, receivedAt, plan, revision, violations, body, size];
      if (statement(insertion).run(...values).changes === 0) return false;
      statement(arrival).run(source);
      events++;
      bytes += size;
      return true;
    },
    list(choice, afterId, limit) {
      const { where, values } = chosen(choice);
      return rows<Held>(`SELECT ${columns} FROM held WHERE ${where} AND id > ? ORDER BY id LIMIT ?`, ...values, afterId, limit);
    },
    end,
    expireOldest({ maxEvents, maxBytes }) {
      let expired = 0;
      while (events > maxEvents || bytes > maxBytes) {
        const excess = Math.min(500, Math.max(1, events - maxEvents));
        const oldest = rows<{ id: number }>('SELECT id FROM held WHERE claimed = 0 ORDER BY id LIMIT ?', excess);
        if (oldest.length === 0) break;
        expired += end(oldest, 'expired');
      }
      return expired;
    },
    close: () => database.close(),
  };
}

/** The condition of a choice; what is claimed cannot be chosen. */
export function chosen({ ids, messageId, source, event, plan, violation }: Choice): {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
} {
  const parts: string[] = ['claimed = 0'];
  const values: SQLInputValue[] = [];
  if (ids !== undefined) {
    parts.push('id IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(ids));
  }
  if (messageId !== undefined) {
    parts.push('messageId = ?');
    values.push(messageId);
  }
  if (source !== undefined) {
    parts.push('source = ?');
    values.push(source);
  }
  if (event !== undefined) {
    parts.push('name = ?');
    values.push(event);
  }
  if (plan !== undefined) {
    parts.push('plan = ?');
    values.push(plan);
  }
  if (violation !== undefined) {
    parts.push("EXISTS (SELECT 1 FROM json_each(violations) WHERE value ->> 'path' = ? AND value ->> 'message' = ?)");
    values.push(violation.path, violation.message);
  }
  return { where: parts.join(' AND '), values };
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
  try {
    // Before anything is written: a newer Sluice's file stays as it was.
    versionIn(database, quarantineSchema);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
    bringUp(database, quarantineSchema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
