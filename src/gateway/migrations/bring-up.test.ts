import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bringUp, stepDown, versionIn } from './bring-up.ts';
import { type DatabaseSchema, type Step, statementsAt, versionOf } from './database-schema.ts';
import { databaseSchemas } from './schemas.ts';

/** Everything that a file says of its form. */
function formOf(db: DatabaseSync): unknown {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();
  const text = (sql: unknown) => (typeof sql === 'string' ? sql.replace(/\s+/g, ' ') : sql);
  return rows.map((row) => ({ ...row, sql: text(row.sql) }));
}

/** A file as the release that wrote a version left it. */
function at(schema: DatabaseSchema, version: number): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  bringUp(db, { ...schema, steps: schema.steps.filter(({ to }) => to <= version) });
  return db;
}

const versionsOf = (schema: DatabaseSchema) => Array.from({ length: versionOf(schema) }, (_, i) => i + 1);

describe.each(databaseSchemas.map((schema) => [schema.file, schema] as const))('%s', (_, schema) => {
  it('numbers its steps without a gap', () => {
    expect(schema.steps.map(({ to }) => to)).toEqual(schema.steps.map((_step, i) => i + 2));
  });

  it.each(versionsOf(schema))('has the form of a new file when it comes from version %i', (version) => {
    const db = at(schema, version);
    expect(bringUp(db, schema)).toEqual({ from: version, to: versionOf(schema) });
    expect(formOf(db)).toEqual(formOf(at(schema, versionOf(schema))));
    expect(bringUp(db, schema)).toEqual({ from: versionOf(schema), to: versionOf(schema) });
  });

  it.each(versionsOf(schema))('still runs at version %i what the release before needs, unless it contracts', (version) => {
    const step = schema.steps.find(({ to }) => to === version);
    const needed = step?.kind === 'contract' ? [] : statementsAt(schema, version - 1);
    const db = at(schema, version);
    for (const sql of [...needed, ...statementsAt(schema, version)]) expect(() => db.prepare(sql), sql).not.toThrow();
  });

  it.each(versionsOf(schema).filter((version) => version > 1))('takes version %i back to the form before, where it expanded', (version) => {
    const former = { ...schema, steps: schema.steps.filter(({ to }) => to <= version) };
    const db = at(schema, version);
    if (schema.steps.find(({ to }) => to === version)?.kind === 'contract') {
      expect(() => stepDown(db, former)).toThrow('DATA_MIGRATION_FAILED');
      return;
    }
    expect(stepDown(db, former)).toEqual({ from: version, to: version - 1 });
    expect(formOf(db)).toEqual(formOf(at(schema, version - 1)));
  });
});

const toy: DatabaseSchema = {
  file: 'toy.db',
  applicationId: 77,
  first: (db) => db.exec('CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL)'),
  steps: [{ to: 2, kind: 'expand', what: 'adds a colour', up: (db) => db.exec('ALTER TABLE thing ADD COLUMN colour TEXT') }],
  statements: [
    { sql: 'SELECT id, name FROM thing', until: 3 },
    { sql: 'SELECT colour FROM thing', since: 2 },
  ],
};
const then = (step: Step): DatabaseSchema => ({ ...toy, steps: [...toy.steps, step] });

describe('a migration', () => {
  let folder: string;
  let path: string;
  const open = () => new DatabaseSync(path);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-migrate-'));
    path = join(folder, 'toy.db');
    const db = open();
    bringUp(db, toy);
    db.exec("INSERT INTO thing (name, colour) VALUES ('a', 'red'), ('b', NULL)");
    db.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What it answers, and whether the file is byte for byte as before. */
  function refused(schema: DatabaseSchema): { code: unknown; details: unknown; isUntouched: boolean } {
    const before = readFileSync(path);
    const db = open();
    try {
      bringUp(db, schema);
      return { code: null, details: null, isUntouched: false };
    } catch (error) {
      const { code, details } = error as { code: unknown; details: unknown };
      return { code, details, isUntouched: readFileSync(path).equals(before) };
    } finally {
      db.close();
    }
  }

  it('keeps every row', () => {
    const db = open();
    bringUp(db, then({ to: 3, kind: 'contract', what: 'renames', up: (it) => it.exec('ALTER TABLE thing RENAME COLUMN name TO label') }));
    expect(db.prepare('SELECT id, label, colour FROM thing').all()).toEqual([
      { id: 1, label: 'a', colour: 'red' },
      { id: 2, label: 'b', colour: null },
    ]);
    db.close();
  });

  it('leaves the file as it was when a step fails, and names the step', () => {
    const up = (db: DatabaseSync) => db.exec("UPDATE thing SET name = 'changed'; CREATE UNIQUE INDEX one ON thing (name)");
    expect(refused(then({ to: 3, kind: 'expand', what: 'makes names unique', up }))).toEqual({
      code: 'DATA_MIGRATION_FAILED',
      details: { file: 'toy.db', from: 2, to: 3, cause: expect.stringMatching(/^makes names unique: .*UNIQUE/) },
      isUntouched: true,
    });
  });

  it('leaves the file as it was when the new form lacks what this version needs', () => {
    const schema = then({ to: 3, kind: 'contract', what: 'drops', up: (db) => db.exec('ALTER TABLE thing DROP COLUMN colour') });
    expect(refused(schema)).toMatchObject({
      code: 'DATA_MIGRATION_FAILED',
      details: { cause: expect.stringContaining('colour') },
      isUntouched: true,
    });
  });

  it('leaves the file as it was when rows end up pointing nowhere', () => {
    const up = (db: DatabaseSync) => db.exec('CREATE TABLE part (of INTEGER REFERENCES thing (id)); INSERT INTO part VALUES (9)');
    expect(refused(then({ to: 3, kind: 'expand', what: 'adds parts', up }))).toMatchObject({
      code: 'DATA_MIGRATION_FAILED',
      isUntouched: true,
    });
  });

  it('refuses a newer file, somebody else’s file and a file that is none, untouched', () => {
    expect(refused({ ...toy, steps: [] })).toMatchObject({ code: 'DATA_NEWER', details: { version: 2, supported: 1 }, isUntouched: true });
    expect(refused({ ...toy, applicationId: 78 })).toMatchObject({ code: 'DATA_CORRUPT', isUntouched: true });
    const db = open();
    db.exec('PRAGMA user_version=0');
    db.close();
    expect(refused(toy)).toMatchObject({ code: 'DATA_CORRUPT', isUntouched: true });
  });

  it('makes anew what was interrupted before it had a table', () => {
    const db = new DatabaseSync(':memory:');
    db.exec('PRAGMA user_version=1');
    expect(versionIn(db, toy)).toBe(0);
    expect(bringUp(db, toy)).toEqual({ from: 0, to: 2 });
    db.close();
  });
});
