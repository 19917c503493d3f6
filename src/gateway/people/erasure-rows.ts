/**
 * What `people.db` keeps of erasures beside documents. `erasing`: the ids of people whom vendors are still to be asked to
 * erase, the only place of the data folder where they may be then. `erased`: whom a restore must erase again, by hash.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Step } from '#gateway/migrations/database-schema.ts';

export const erasureStep: Step = {
  to: 2,
  kind: 'expand',
  what: 'remembers who was erased, and whom vendors are asked to erase',
  up: (db) =>
    db.exec(`
      CREATE TABLE erasing (id TEXT PRIMARY KEY, userId TEXT, anonymousId TEXT) WITHOUT ROWID;
      CREATE TABLE erased (person TEXT PRIMARY KEY, untilMs REAL NOT NULL) WITHOUT ROWID;`),
  down: (db) => db.exec('DROP TABLE erasing; DROP TABLE erased'),
};

export const erasureStatements = [
  { sql: 'SELECT id, userId, anonymousId FROM erasing', since: 2 },
  { sql: 'SELECT person, untilMs FROM erased', since: 2 },
] as const;

/** A change of one of the two tables. */
export type ErasureChange =
  | { readonly kind: 'remember'; readonly id: string; readonly userId: string | null; readonly anonymousId: string | null }
  | { readonly kind: 'forget'; readonly id: string }
  | { readonly kind: 'erased'; readonly people: readonly string[]; readonly untilMs: number }
  | { readonly kind: 'drop'; readonly beforeMs: number }
  | { readonly kind: 'applied'; readonly incarnation: string };

/** Deletes all and writes the others anew: only pages that are given back whole are overwritten with every copy of a row. */
function forget(db: DatabaseSync, id: string): void {
  const others = db.prepare('SELECT id, userId, anonymousId FROM erasing WHERE id <> ? ORDER BY id').all(id);
  db.exec('DELETE FROM erasing');
  const put = db.prepare('INSERT INTO erasing (id, userId, anonymousId) VALUES (?, ?, ?)');
  for (const row of others) put.run(row.id ?? null, row.userId ?? null, row.anonymousId ?? null);
}

/** Inside a transaction. */
export function applyErasureChange(db: DatabaseSync, change: ErasureChange): void {
  switch (change.kind) {
    case 'remember':
      db.prepare('INSERT OR REPLACE INTO erasing (id, userId, anonymousId) VALUES (?, ?, ?)').run(
        change.id,
        change.userId,
        change.anonymousId,
      );
      return;
    case 'forget':
      forget(db, change.id);
      return;
    case 'erased': {
      // Whoever came back and was erased again is not spared what came in between.
      const put = db.prepare(
        'INSERT INTO erased (person, untilMs) VALUES (?, ?) ON CONFLICT DO UPDATE SET untilMs = max(untilMs, excluded.untilMs)',
      );
      for (const person of change.people) put.run(person, change.untilMs);
      return;
    }
    case 'applied':
      db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('erasedIn', ?)").run(change.incarnation);
      return;
    case 'drop':
      db.prepare('DELETE FROM erased WHERE untilMs < ?').run(change.beforeMs);
      return;
  }
}
