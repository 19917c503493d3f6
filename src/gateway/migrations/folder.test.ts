import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realDisk } from '#gateway/backup/disk.ts';
import { openSqliteStore } from '#gateway/control/sqlite-store.ts';
import { auditLogFolder } from '#gateway/log/audit-folder.ts';
import { openSqliteLog } from '#gateway/log/sqlite-log.ts';
import { readAll } from '#gateway/log/testing/requests.ts';
import { openPeople } from '#gateway/people/people.ts';
import { makeFormerData } from '#tests/support/gateway/former-data.ts';
import { bringUp, versionIn } from './bring-up.ts';
import { versionOf } from './database-schema.ts';
import { migrateFolder, rehearse, stepDownFiles } from './folder.ts';
import { databaseSchemas } from './schemas.ts';

function formOf(db: DatabaseSync): unknown {
  const rows = db.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name").all();
  return rows.map(({ type, name, sql }) => [type, name, String(sql).replace(/\s+/g, ' ')]);
}

const limits = { diskBudgetBytes: 1024 ** 3, dedupeWindowMs: 1e12, dedupeMaxEntries: 1e5, retentionMs: 1e12 };

describe('the data folder of release 1', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-former-'));
    folder = join(root, 'data');
    makeFormerData(folder, 'data-v1');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const versions = () =>
    databaseSchemas.map((schema) => {
      const db = new DatabaseSync(join(folder, schema.file));
      const version = versionIn(db, schema);
      db.close();
      return version;
    });
  const today = databaseSchemas.map(versionOf);

  it('is of version 1 everywhere, and of today’s once migrated', () => {
    expect(versions()).toEqual(today.map(() => 1));
    expect(migrateFolder(folder).map(({ file, from, to }) => [file, from, to])).toEqual(
      databaseSchemas.map((schema) => [schema.file, 1, versionOf(schema)]),
    );
    expect(versions()).toEqual(today);
  });

  it.each(databaseSchemas.map((schema) => [schema.file, schema] as const))(
    'has the form in %s that version 1 is still made with',
    (file, schema) => {
      const made = new DatabaseSync(':memory:');
      bringUp(made, { ...schema, steps: [] });
      const found = new DatabaseSync(join(folder, file));
      expect(formOf(found)).toEqual(formOf(made));
      found.close();
    },
  );

  it('opens with every event, ledger, document and person', async () => {
    const store = openSqliteStore({ file: join(folder, 'control.db'), now: Date.now });
    if (!store.ok) throw new Error(store.error.message);
    expect(store.value.list('destination').map(({ id }) => id)).toEqual(['hook', 'mail']);
    expect(store.value.get('switch', 'destination:mail')?.value).toMatchObject({ mode: 'park' });
    expect((await store.value.verifyAudit()).intact).toBe(true);
    expect(store.value.lineage()).toHaveLength(1);
    const incarnation = store.value.lineage()[0].id;
    store.value.close();

    const log = await openSqliteLog({ folder, incarnation, ...limits });
    if (!log.ok) throw new Error(log.error.message);
    await log.value.ready();
    expect(await log.value.ledger('hook')).toMatchObject({ total: 19, waiting: 7, held: 2, retrying: 1, dead: 1, violations: [] });
    expect(await log.value.ledger('mail')).toMatchObject({ total: 19, filtered: 9, waiting: 10, violations: [] });
    expect((await readAll(log.value, 'hook', 12)).map(({ messageId }) => messageId)).toEqual([
      'm4-1',
      'm4-2',
      'm4-3',
      'm5-1',
      'm5-2',
      'm5-3',
      'last',
    ]);
    expect(log.value.incarnation).toBe(incarnation);
    await log.value.close();

    const people = openPeople(join(folder, 'people.db'));
    if (!people.ok) throw new Error(people.error.message);
    expect(people.value.of('u2').suppressed?.kind).toBe('opt-out');
    expect(people.value.of('u1').preferences).toEqual({ advertising: false });
    await people.value.close();
  });

  it('is rehearsed on copies without being touched', () => {
    const bytes = () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.db'))
        .map((name) => readFileSync(join(folder, name)).toString('base64'));
    const before = bytes();
    expect(rehearse(folder, realDisk.snapshot).every(({ from, steps, to }) => steps.length === to - from)).toBe(true);
    expect(bytes()).toEqual(before);
    expect(versions()).toEqual(today.map(() => 1));
    expect(readdirSync(folder).filter((name) => name.startsWith('migration'))).toEqual([]);
  });

  it('goes down step by step to what it was, where every step expanded', () => {
    migrateFolder(folder);
    for (const schema of databaseSchemas)
      for (let version = versionOf(schema); version > 1; version--)
        expect(stepDownFiles(folder, [schema.file])).toMatchObject([{ file: schema.file, from: version, to: version - 1 }]);
    expect(versions()).toEqual(today.map(() => 1));
    expect(() => stepDownFiles(folder, ['control.db'])).toThrow('DATA_MIGRATION_FAILED');
    expect(() => stepDownFiles(folder, ['nothing.db'])).toThrow('DATA_MIGRATION_FAILED');
    migrateFolder(folder);
    expect(auditLogFolder(folder).ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('has its old form or its new one, whenever the process is killed', { timeout: 120_000 }, async () => {
    const program = join(import.meta.dirname, 'testing/migrate.ts');
    const seen = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const copy = join(root, `round-${round}`);
      cpSync(folder, copy, { recursive: true });
      const child = spawn(process.execPath, [program, copy], { stdio: ['ignore', 'pipe', 'inherit'] });
      // It says when it begins a step, and takes its time over each.
      let steps = 0;
      child.stdout.on('data', (text: Buffer) => {
        steps += text.length;
        if (steps > round) child.kill('SIGKILL');
      });
      await once(child, 'close');
      for (const schema of databaseSchemas) {
        const db = new DatabaseSync(join(copy, schema.file));
        const version = versionIn(db, schema);
        expect([1, versionOf(schema)]).toContain(version);
        expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
        seen.add(`${schema.file} ${version === 1 ? 'old' : 'new'}`);
        db.close();
      }
      migrateFolder(copy);
      expect(auditLogFolder(copy).ledgers.flatMap(({ violations }) => violations)).toEqual([]);
    }
    expect(seen).toContain('control.db new');
    expect(seen).toContain('lanes.db old');
  });
});
