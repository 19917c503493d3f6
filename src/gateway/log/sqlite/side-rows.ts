import type { DatabaseSync } from 'node:sqlite';
import type { SideRow } from '../event-log.ts';
import type { Uncertain } from '../uncertain.ts';
import { rowOf } from './lanes-file.ts';

const states = ['retrying', 'dead'] as const;

function statementsOf(db: DatabaseSync, table: SideRow['state']) {
  // Only dead letters are searched by name; only what is retried is sent somewhere again.
  const own = table === 'dead' ? 'name' : 'domain';
  return {
    get: db.prepare(`SELECT * FROM ${table} WHERE ordinal = ? AND seq = ? AND gen = ?`),
    put: db.prepare(
      `INSERT INTO ${table} (ordinal, seq, gen, attempt, due_at, class, detail, ${own}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET attempt = excluded.attempt, due_at = excluded.due_at, class = excluded.class, detail = excluded.detail, ${own} = excluded.${own}`,
    ),
    remove: db.prepare(`DELETE FROM ${table} WHERE ordinal = ? AND seq = ? AND gen = ?`),
    removeAll: db.prepare(`DELETE FROM ${table} WHERE ordinal = ?`),
  };
}

/** The side rows in `lanes.db`: a table for each state, so that a million dead letters never slow a retry. */
export function createSideRows(db: DatabaseSync) {
  const tables = { retrying: statementsOf(db, 'retrying'), dead: statementsOf(db, 'dead') };
  const nameDomain = db.prepare('UPDATE retrying SET domain = ? WHERE ordinal = ? AND seq <= ? AND domain IS NULL');
  const next = db.prepare('SELECT min(due_at) AS at FROM retrying WHERE ordinal = ?');

  function get(ordinal: number, seq: number, gen: number): SideRow | undefined {
    for (const state of states) {
      const row = tables[state].get.get(ordinal, seq, gen);
      if (row) return rowOf(row, state);
    }
    return undefined;
  }

  return {
    get,
    apply(ordinal: number, remove: readonly { readonly seq: number; readonly gen: number }[], put: readonly SideRow[]): void {
      for (const { seq, gen } of remove) for (const state of states) tables[state].remove.run(ordinal, seq, gen);
      for (const row of put) {
        const other = row.state === 'dead' ? tables.retrying : tables.dead;
        other.remove.run(ordinal, row.seq, row.gen);
        const values = [ordinal, row.seq, row.gen, row.attempt, Math.round(row.dueAt), row.class, row.detail];
        tables[row.state].put.run(...values, (row.state === 'dead' ? row.name : row.domain) ?? null);
      }
    },
    nameDomain(ordinal: number, { throughSeq, domain }: Uncertain): void {
      nameDomain.run(domain, ordinal, throughSeq);
    },
    removeAll(ordinal: number): void {
      for (const state of states) tables[state].removeAll.run(ordinal);
    },
    nextRetryAt(ordinal: number): number | null {
      const at = next.get(ordinal)?.at;
      return at === null || at === undefined ? null : Number(at);
    },
  };
}
