import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { AppFailure } from '#contract/errors.ts';
import type { DocumentStore } from './document-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { documentStoreConformance } from './store/conformance.ts';
import { putSource, removeSource, someone } from './store/conformance-acts.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-control-'));
let files = 0;
const newFile = () => join(folder, `control-${files++}.db`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = () => 1_750_000_000_000;

function open(file: string, maxBytes?: number): DocumentStore {
  const store = openSqliteStore({ file, now, maxBytes });
  if (!store.ok) throw new AppFailure(store.error);
  return store.value;
}

/** Changes the file behind the store's back, as somebody with access to the disk would. */
function tamper(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

documentStoreConformance('SQLite', (clock) => {
  const store = openSqliteStore({ file: newFile(), now: clock });
  if (!store.ok) throw new AppFailure(store.error);
  return store.value;
});

describe('the SQLite document store', () => {
  it('has everything again after a restart, and goes on with the same chain', async () => {
    const file = newFile();
    const before = open(file);
    before.commit([putSource('web', 'one')], someone('command-1'));
    before.commit([putSource('app', 'two')], someone('command-2'));
    before.commit([removeSource('app')], someone('command-3'));
    const { head } = await before.verifyAudit();
    before.close();
    const after = open(file);
    expect(after.list('source').map((document) => document.id)).toEqual(['web']);
    expect(after.commit([], someone('command-2'))).toMatchObject({ ok: true, value: [{ id: 'app', revision: 1 }] });
    expect(await after.verifyAudit()).toEqual({ intact: true, entries: 3, brokenAt: null, head });
    after.commit([putSource('app', 'three', 0)], someone());
    expect(after.get('source', 'app')?.revision).toBe(3);
    expect((await after.verifyAudit()).intact).toBe(true);
    after.close();
  });

  it('uses WAL, in files that only their owner can read', () => {
    const file = newFile();
    const store = open(file);
    store.commit([putSource('web', 'one')], someone());
    expect(['', '-wal', '-shm'].map((suffix) => statSync(`${file}${suffix}`).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    database.close();
    store.close();
  });

  const dropTriggers = 'DROP TRIGGER auditIsNeverChanged; DROP TRIGGER auditIsNeverCut;';
  const tamperings: readonly (readonly [string, string, number])[] = [
    ['a changed entry', `${dropTriggers} UPDATE audit SET "by" = 'mallory' WHERE seq = 2`, 2],
    ['a changed hash', `${dropTriggers} UPDATE audit SET hash = '${'f'.repeat(64)}' WHERE seq = 3`, 3],
    ['a removed entry', `PRAGMA foreign_keys = OFF; ${dropTriggers} DELETE FROM audit WHERE seq = 2`, 2],
    ['a changed revision', `UPDATE revisions SET value = replace(value, 'two', 'six') WHERE revision = 2`, 2],
    ['a changed reason', `UPDATE revisions SET reason = 'none' WHERE revision = 1`, 1],
    ['a removed revision', 'DELETE FROM revisions WHERE revision = 1', 1],
    [
      'an added revision',
      `INSERT INTO revisions SELECT kind, 'extra', 1, value, at, "by", reason, auditSeq FROM revisions WHERE revision = 1`,
      1,
    ],
    [
      'a revision that no entry names',
      `PRAGMA foreign_keys = OFF; INSERT INTO revisions SELECT kind, 'extra', 1, value, at, "by", reason, 99 FROM revisions WHERE revision = 1`,
      3,
    ],
    ['changes that are no JSON', `${dropTriggers} UPDATE audit SET changes = '[' WHERE seq = 1`, 1],
  ];
  it.each(tamperings)('finds %s', async (_what, sql, brokenAt) => {
    const file = newFile();
    const writing = open(file);
    for (const name of ['one', 'two', 'three']) writing.commit([putSource('web', name)], someone());
    writing.close();
    tamper(file, sql);
    const store = open(file);
    expect(await store.verifyAudit()).toMatchObject({ intact: false, brokenAt });
    store.close();
  });

  it('finds that newest entries were cut off while it runs', async () => {
    const file = newFile();
    const store = open(file);
    store.note(someone(), 'noted');
    store.note(someone(), 'noted');
    tamper(file, `${dropTriggers} DELETE FROM audit WHERE seq = 2`);
    expect(await store.verifyAudit()).toMatchObject({ intact: false, brokenAt: 2 });
    store.close();
  });

  it('lets nobody change or cut the audit by ordinary SQL', () => {
    const file = newFile();
    const store = open(file);
    store.note(someone(), 'noted');
    expect(() => tamper(file, "UPDATE audit SET outcome = 'applied'")).toThrow('append-only');
    expect(() => tamper(file, 'DELETE FROM audit')).toThrow('append-only');
    store.close();
  });
});

describe('a control.db that cannot be used', () => {
  const codeOf = (file: string) => {
    const store = openSqliteStore({ file, now });
    return store.ok ? 'opened' : store.error.code;
  };

  it('is refused when it is no database, and left as it is', () => {
    const file = newFile();
    writeFileSync(file, 'this is not a database, but it is long enough to have a header of its own '.repeat(20));
    const before = readFileSync(file);
    expect(codeOf(file)).toBe('DATA_CORRUPT');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('is refused when its pages are damaged', () => {
    const file = newFile();
    const store = open(file);
    for (let index = 0; index < 40; index++) store.commit([putSource('web', `name-${index}`)], someone());
    store.close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 4096, bytes.length - 512);
    writeFileSync(file, bytes);
    expect(codeOf(file)).toBe('DATA_CORRUPT');
  });

  it('is refused when a document in it does not fit its schema', () => {
    const file = newFile();
    const store = open(file);
    store.commit([putSource('web', 'one')], someone());
    store.close();
    tamper(file, `UPDATE revisions SET value = '{"name":7}'`);
    expect(openSqliteStore({ file, now })).toMatchObject({
      ok: false,
      error: { code: 'DATA_CORRUPT', details: { document: 'source/web', revision: 1 } },
    });
  });

  it('is refused when a newer Sluice wrote it, and left byte for byte as it is', () => {
    const file = newFile();
    open(file).close();
    tamper(file, 'PRAGMA user_version = 99');
    const before = readFileSync(file);
    expect(codeOf(file)).toBe('DATA_NEWER');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('is refused when another process is writing it', () => {
    const file = newFile();
    open(file).close();
    const other = new DatabaseSync(file);
    other.exec('BEGIN EXCLUSIVE');
    expect(codeOf(file)).toBe('DATA_LOCKED');
    other.exec('ROLLBACK');
    other.close();
  });

  it('is refused when its folder is not there', () => {
    expect(codeOf(join(folder, 'nowhere', 'control.db'))).toBe('DATA_READONLY');
  });

  it('is refused when it may not be written', () => {
    const shared = mkdtempSync(join(tmpdir(), 'sluice-readonly-'));
    const file = join(shared, 'control.db');
    open(file).close();
    chmodSync(file, 0o444);
    chmodSync(shared, 0o555);
    // Root may write anything, so the question is asked as nobody.
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const script = `const { openSqliteStore } = await import(process.argv[1]); const store = openSqliteStore({ file: process.argv[2], now: Date.now }); console.log(store.ok ? 'opened' : store.error.code);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, join(import.meta.dirname, 'sqlite-store.ts'), file], {
      encoding: 'utf8',
      ...asNobody,
    });
    chmodSync(shared, 0o755);
    rmSync(shared, { recursive: true, force: true });
    expect(child.stdout.trim() || child.stderr).toBe('DATA_READONLY');
  });
});

describe('a full disk', () => {
  it('refuses the change, keeps everything before it, and works again when there is room', async () => {
    const file = newFile();
    const store = open(file, 120_000);
    let written = 0;
    let refusal: string | null = null;
    while (refusal === null && written < 10_000) {
      const result = store.commit([putSource('web', `name-${written}`)], someone(`command-${written}`, { reason: 'x'.repeat(400) }));
      if (result.ok) written++;
      else refusal = result.error.code;
    }
    expect(refusal).toBe('CONTROL_STORE_FAILED');
    expect(store.get('source', 'web')?.revision).toBe(written);
    expect(store.outcome(`command-${written}`)).toBeNull();
    expect(await store.verifyAudit()).toMatchObject({ intact: true, entries: written });
    store.close();
    const again = open(file, 1_000_000);
    expect(again.commit([putSource('web', 'room', written)], someone(`command-${written}`)).ok).toBe(true);
    expect((await again.verifyAudit()).intact).toBe(true);
    again.close();
  });
});

describe('a copy of control.db', () => {
  it('has no sealed text that was superseded or removed, neither in the database nor in its WAL', () => {
    const file = newFile();
    const store = open(file);
    // Long enough to fill pages of its own, which SQLite would otherwise free with their content.
    const mark = 'SEALEDTEXTTHATMUSTGO';
    const sealed = mark.repeat(800);
    const value = {
      destination: 'mail',
      connector: 'webhook',
      version: 1,
      origin: 'https://a.example',
      fingerprint: 'abcd',
      from: 'desk' as const,
      sealed,
    };
    store.commit([{ kind: 'credential', id: 'mail', value }], someone());
    expect(bytesOf(file)).toContain(mark);
    store.commit([{ kind: 'credential', id: 'mail', value: null }], someone());
    expect(bytesOf(file)).not.toContain(mark);
    store.close();
    expect(bytesOf(file)).not.toContain(mark);
  });
});

function bytesOf(file: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'sluice-copy-'));
  const parts = ['', '-wal'].map((suffix) => {
    try {
      cpSync(`${file}${suffix}`, join(copy, `copy${suffix}`));
      return readFileSync(join(copy, `copy${suffix}`), 'latin1');
    } catch {
      return '';
    }
  });
  rmSync(copy, { recursive: true, force: true });
  return parts.join('');
}
