/**
 * The form of one SQLite file of the data folder, and how it came to be.
 *
 * `user_version` says which version a file has. A new file is made as version 1 and taken through every
 * step, so a migrated file and a new one cannot differ. What a released version wrote is never edited
 * here: a change is a new step.
 *
 * Steps *expand* or *contract*. An expand only adds: every statement of the former version still runs on
 * the new form (the tests prove it with `statements`), so the release before it can be put back with
 * `down`. A contract takes away what no release still in use reads; only a restore leads back from it. A
 * change of form is therefore an expand in one release and a contract in a later one.
 */
import type { DatabaseSync } from 'node:sqlite';

export interface Step {
  /** The version it leads to: one more than the step before. */
  readonly to: number;
  readonly kind: 'expand' | 'contract';
  /** For an operator: what it does. */
  readonly what: string;
  /** Runs inside a transaction. */
  up(db: DatabaseSync): void;
  /** Takes an expand back, inside a transaction. Nothing of the former version is lost. */
  down?(db: DatabaseSync): void;
}

/** A statement that some version needs; compiled after a migration, never run. */
export interface NeededStatement {
  readonly sql: string;
  /** First version that has what it names; 1 unless told. */
  readonly since?: number;
  /** First version that has it no more: a contract's. */
  readonly until?: number;
}

export interface DatabaseSchema {
  /** Name of the file in the data folder. */
  readonly file: string;
  /** What `PRAGMA application_id` must say; absent: any. */
  readonly applicationId?: number;
  /** Makes the tables of version 1, inside a transaction. */
  first(db: DatabaseSync): void;
  readonly steps: readonly Step[];
  /** One for each table at least, naming its columns. */
  readonly statements: readonly NeededStatement[];
}

/** The version that this Sluice writes. */
export function versionOf(schema: DatabaseSchema): number {
  return schema.steps.at(-1)?.to ?? 1;
}

/** What must compile on a file of that version. */
export function statementsAt(schema: DatabaseSchema, version: number): readonly string[] {
  return schema.statements
    .filter(({ since = 1, until = Number.POSITIVE_INFINITY }) => since <= version && version < until)
    .map(({ sql }) => sql);
}
