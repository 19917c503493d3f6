/** Migrates the databases of a data folder that no gateway has open, tries that on copies, or takes a step back. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { bringUp, stepDown, versionIn } from './bring-up.ts';
import { type DatabaseSchema, type Step, versionOf } from './database-schema.ts';
import { databaseSchemas } from './schemas.ts';

export interface FileMigration {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly steps: readonly Pick<Step, 'to' | 'kind' | 'what'>[];
  readonly durationMs: number;
}

/** Makes a consistent copy of a database, whoever writes it. */
export type Snapshot = (from: string, to: string) => void;

/** Brings every database up. Throws StoreFailure; what was migrated before stays so: files do not need each other's versions. */
export function migrateFolder(folder: string): readonly FileMigration[] {
  return present(folder).map((schema) => run(schema, join(folder, schema.file)));
}

/** The same on copies in a folder beside, which is removed again. */
export function rehearse(folder: string, snapshot: Snapshot): readonly FileMigration[] {
  const scratch = mkdtempSync(join(folder, 'migration-rehearsal-'));
  try {
    return present(folder).map((schema) => {
      const copy = join(scratch, schema.file);
      snapshot(join(folder, schema.file), copy);
      return run(schema, copy);
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Takes the newest step of some files back. Throws StoreFailure DATA_MIGRATION_FAILED where there is no such file or no way back. */
export function stepDownFiles(folder: string, files: readonly string[]): readonly FileMigration[] {
  return files.map((file) => {
    const schema = present(folder).find((each) => each.file === file);
    if (!schema) throw new StoreFailure('DATA_MIGRATION_FAILED', { file, cause: 'there is no such database in this folder' });
    const started = performance.now();
    const { from, to } = withDatabase(join(folder, file), (db) => stepDown(db, schema));
    const steps = schema.steps.filter((step) => step.to === from).map(({ kind, what }) => ({ to, kind, what: `taken back: ${what}` }));
    return { file, from, to, steps, durationMs: Math.round(performance.now() - started) };
  });
}

function present(folder: string): readonly DatabaseSchema[] {
  return databaseSchemas.filter(({ file }) => existsSync(join(folder, file)));
}

function run(schema: DatabaseSchema, path: string): FileMigration {
  const started = performance.now();
  const from = withDatabase(path, (db) => {
    const found = versionIn(db, schema);
    bringUp(db, schema);
    return found;
  });
  const steps = schema.steps.filter((step) => step.to > from).map(({ to, kind, what }) => ({ to, kind, what }));
  return { file: schema.file, from, to: versionOf(schema), steps, durationMs: Math.round(performance.now() - started) };
}

function withDatabase<T>(path: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    db.exec('PRAGMA synchronous=FULL');
    return work(db);
  } finally {
    db.close();
  }
}
