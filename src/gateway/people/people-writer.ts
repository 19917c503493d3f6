/** The half of `people.db` that writes, in a worker: a sync of the disk stalls no event. Loads no schema library, which would triple its start. */
import { DatabaseSync } from 'node:sqlite';
import { applyErasureChange, type ErasureChange } from './erasure-rows.ts';

/** One person as stored. `person` is the keyed hash of an id. */
export interface PersonRow {
  readonly person: string;
  /** JSON `{ category: [granted 0 or 1, at] }`. */
  readonly choices: string;
  readonly suppressed: string | null;
  readonly suppressedAt: number;
}

/** What the worker answers. */
export interface PeopleOps {
  open(input: { readonly file: string }): void;
  /** All, or nothing; synced when it returns. */
  write(input: { readonly rows: readonly PersonRow[] }): void;
  /** One change of what is kept of erasures; synced when it returns. Empties the WAL where something was forgotten. */
  erasure(input: { readonly change: ErasureChange }): void;
  close(input: null): void;
}

export function createPeopleOps(): PeopleOps {
  let database: DatabaseSync | null = null;
  const db = (): DatabaseSync => {
    if (database === null) throw new Error('people.db is not open');
    return database;
  };
  function transaction(work: () => void): void {
    db().exec('BEGIN IMMEDIATE');
    try {
      work();
      db().exec('COMMIT');
    } catch (error) {
      if (db().isTransaction) db().exec('ROLLBACK');
      throw error;
    }
  }
  return {
    open({ file }) {
      database = new DatabaseSync(file);
      database.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA busy_timeout = 5000');
    },
    write: ({ rows }) =>
      transaction(() => {
        const put = db().prepare('INSERT OR REPLACE INTO people (person, choices, suppressed, suppressedAt) VALUES (?, ?, ?, ?)');
        for (const { person, choices, suppressed, suppressedAt } of rows) put.run(person, choices, suppressed, suppressedAt);
        if (rows.some(({ suppressed }) => suppressed !== null)) db().exec("INSERT OR IGNORE INTO meta VALUES ('everSuppressed', '1')");
      }),
    erasure({ change }) {
      transaction(() => applyErasureChange(db(), change));
      if (change.kind !== 'forget') return;
      const row = db().prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      if (Number(row?.busy) !== 0) throw new Error('the WAL of people.db is in use');
    },
    close() {
      database?.close();
      database = null;
    },
  };
}
