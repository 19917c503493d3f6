/** Erasures as `people.db` keeps them: ids while vendors need them, and the list that a restore applies again. */
import type { DatabaseSync } from 'node:sqlite';
import { ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { MatchedPerson } from '#gateway/log/person-match.ts';
import type { ErasureChange } from './erasure-rows.ts';

/** Ids of one person, as events carry them. */
export interface PersonIds {
  readonly userId: string | null;
  readonly anonymousId: string | null;
}

/** Every change is on disk when it resolves. CONTROL_STORE_FAILED: nothing was changed. */
export interface ErasureBook {
  remember(id: string, ids: PersonIds): Promise<Result<void>>;
  /** null: they are not known, or no longer. */
  idsOf(id: string): PersonIds | null;
  /** Takes the ids away, out of file and WAL. */
  forget(id: string): Promise<Result<void>>;
  noteErased(people: readonly string[], untilMs: number): Promise<Result<void>>;
  /** In order of their hash. */
  erased(): readonly MatchedPerson[];
  /** The incarnation of the data folder in which all of them are erased; null where none is known. */
  appliedIn(): string | null;
  noteApplied(incarnation: string): Promise<Result<void>>;
  /** Forgets who was erased before; answers how many. */
  dropErased(beforeMs: number): Promise<Result<number>>;
}

const idsRow = z.object({ userId: z.string().nullable(), anonymousId: z.string().nullable() }).optional();
const valueRow = z.object({ value: z.string() }).optional();
const erasedRows = z.array(z.object({ person: z.string(), untilMs: z.number() }));

/** @param write brings a change to disk */
export function createErasureBook(database: DatabaseSync, write: (change: ErasureChange) => Promise<Result<void>>): ErasureBook {
  const erased = () => erasedRows.parse(database.prepare('SELECT person, untilMs FROM erased ORDER BY person').all());
  return {
    remember: (id, ids) => write({ kind: 'remember', id, ...ids }),
    idsOf: (id) => idsRow.parse(database.prepare('SELECT userId, anonymousId FROM erasing WHERE id = ?').get(id)) ?? null,
    forget: (id) => write({ kind: 'forget', id }),
    noteErased: (people, untilMs) => write({ kind: 'erased', people, untilMs }),
    erased,
    appliedIn: () => valueRow.parse(database.prepare("SELECT value FROM meta WHERE name = 'erasedIn'").get())?.value ?? null,
    noteApplied: (incarnation) => write({ kind: 'applied', incarnation }),
    async dropErased(beforeMs) {
      const count = erased().filter(({ untilMs }) => untilMs < beforeMs).length;
      if (count === 0) return ok(0);
      const dropped = await write({ kind: 'drop', beforeMs });
      return dropped.ok ? ok(count) : dropped;
    },
  };
}
