import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import type { BackupProgress, BackupSummary } from '#contract/operations/backup.ts';
import { err, ok } from '#contract/result.ts';
import { type FakeGateway, now, runSluice, startFakeGateway, token } from '#tests/support/cli/fake-gateway.ts';
import { makeFormerData } from '#tests/support/gateway/former-data.ts';

const id = '20261121T100000Z-abc123';
const check = { at: now, ok: true, problems: [], files: 6, bytes: 4_000_000, durationMs: 800, ledgers: 3, balanced: 3, auditIntact: true };
const summary: BackupSummary = {
  id,
  state: 'complete',
  why: '',
  mode: 'full',
  at: now,
  durationMs: 900,
  head: 1234,
  incarnation: 'c0ffee000001',
  bytes: 4_000_000,
  copiedBytes: 4_000_000,
  check,
  drill: { ...check, recoveryMs: 1500, head: 1234 },
};
const progress: BackupProgress = {
  work: 'check',
  id,
  phase: 'done',
  startedAt: now,
  endedAt: now,
  doneFiles: 6,
  totalFiles: 6,
  doneBytes: 0,
  totalBytes: 0,
  error: null,
};
const listed = {
  folder: '/mnt/backup',
  folderError: null,
  freeBytes: 9e9,
  nextAt: now,
  progress: null,
  lastFailure: null,
  backups: [summary],
};

let gateway: FakeGateway;
let folder: string;
beforeEach(async () => {
  gateway = await startFakeGateway();
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-backup-'));
});
afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});
const sluice = (...args: string[]) => runSluice(args, { SLUICE_URL: gateway.url, SLUICE_TOKEN: token });

it('lists backups with what was found of them, and a half one as that', async () => {
  const unknown = { mode: null, durationMs: null, head: null, incarnation: null, bytes: null, copiedBytes: null, check: null, drill: null };
  const half: BackupSummary = { ...unknown, id: '20261121T110000Z-abc124', state: 'unfinished', why: 'it has no manifest', at: now };
  gateway.serve({ 'backup.list': () => ok({ ...listed, backups: [half, summary] }) });
  const { code, out } = await sluice('backup', 'list');
  expect(code).toBe(0);
  expect(out).toContain('/mnt/backup, 9 GB free');
  expect(out).toMatch(/20261121T110000Z-abc124 .*unfinished: it has no manifest/);
  expect(out).toMatch(/20261121T100000Z-abc123 .*full +4 MB +4 MB +1,234 +sound +1\.5 s/);
});

it('says that nothing is backed up, and why the last one failed', async () => {
  gateway.serve({ 'backup.list': () => ok({ ...listed, folder: null, backups: [] }) });
  expect((await sluice('backup', 'list')).out).toContain('Nothing is backed up');
  const error = appError('BACKUP_FAILED', { cause: 'the backup disk is full' });
  gateway.serve({ 'backup.list': () => ok({ ...listed, folderError: error, lastFailure: { at: now, error }, backups: [] }) });
  const { out } = await sluice('backup', 'list');
  expect(out).toContain('It cannot be used: the backup disk is full');
  expect(out).toMatch(/The last one failed, .*: the backup disk is full/);
});

it('makes one and waits for it, or only says how much that would be', async () => {
  const asked: unknown[] = [];
  gateway.serve({
    'backup.run': (input) => {
      asked.push(input);
      return ok({ id: input.dryRun ? '' : id, copiedBytes: 3_000_000, freeBytes: 9e9, progress: null });
    },
  });
  expect((await sluice('backup', 'run', '--full', '--reason', 'before the update')).out).toBe(`${id}: 3 MB copied.\n`);
  expect((await sluice('backup', 'run', '--dry-run')).out).toBe('Would copy about 3 MB, 9 GB are free.\n');
  expect(asked).toEqual([
    { mode: 'full', wait: true, dryRun: false, reason: 'before the update' },
    { mode: 'incremental', wait: true, dryRun: true },
  ]);
});

it('exits with 1 where a backup is not sound', async () => {
  const problems = [{ file: 'lanes.db', problem: 'its checksum is wrong' }];
  gateway.serve({
    'backup.verify': () => ok({ id, check: { ...check, ok: false, problems }, progress }),
    'backup.drill': () => ok({ id, drill: { ...check, recoveryMs: 1500, head: 9 }, progress }),
  });
  expect(await sluice('backup', 'verify')).toMatchObject({ code: 1, out: `${id} is NOT sound:\n  lanes.db: its checksum is wrong\n` });
  expect(await sluice('backup', 'drill', id)).toMatchObject({
    code: 0,
    out: `${id}: recovered in 1.5 s; 3 of 3 ledgers balance, audit intact.\n`,
  });
  gateway.serve({ 'backup.verify': () => err(appError('BACKUP_BUSY')) });
  expect(await sluice('backup', 'verify')).toMatchObject({ code: 1, err: expect.stringContaining('BACKUP_BUSY') });
});

it('restores and migrates only a folder that is named', async () => {
  expect(await sluice('restore', folder)).toMatchObject({ code: 2, err: expect.stringContaining('--data') });
  expect(await sluice('migrate')).toMatchObject({ code: 2, err: expect.stringContaining('--data') });
  expect(await sluice('migrate', '--data', join(folder, 'nowhere'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no such folder'),
  });
  const empty = await sluice('--data', join(folder, 'data'), 'restore', folder, '--dry-run');
  expect(empty).toMatchObject({ code: 1, err: expect.stringContaining('BACKUP_UNKNOWN') });
});

it('tries a migration on copies, does it, and takes a step back', async () => {
  makeFormerData(folder, 'data-v1');
  const tried = await sluice('--data', folder, 'migrate', '--dry-run');
  expect(tried.out).toMatch(/control\.db: version 1 to \d+ in \d+ ms\n {2}2 \(expand\): keeps which incarnation/);
  expect(tried.out).toContain('Tried on copies; nothing was changed.');
  expect((await sluice('--data', folder, 'migrate')).out).toContain('control.db: version 1 to');
  expect((await sluice('--data', folder, 'migrate')).out).toMatch(/control\.db: version \d+, nothing to do/);
  const down = await sluice('--data', folder, '--json', 'migrate', '--down', 'lanes.db');
  expect(JSON.parse(down.out).files).toMatchObject([{ file: 'lanes.db', steps: [{ what: expect.stringContaining('taken back') }] }]);
});
