import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realDisk } from './disk.ts';
import { readManifest } from './manifest.ts';
import { createBackupOps } from './ops.ts';
import { openScene, type Scene, unwrap } from './testing/scene.ts';

const inode = (path: string) => statSync(path).ino;

describe('a backup', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.remove());
  const check = async (id?: string) => unwrap(await unwrap(await scene.backups.check(id)).done);

  it('holds everything that was accepted before, proved against what it says of itself', async () => {
    await scene.append(5, 'a', 9000);
    await scene.settle({ cursor: 3, terminal: { confirmed: [1, 2, 3] } });
    const manifest = unwrap(await scene.run());
    expect(manifest).toMatchObject({ mode: 'full', head: 5, incarnation: scene.log.incarnation });
    expect(manifest.cursors).toEqual([
      { destination: 'hook', cursor: 3 },
      { destination: 'mail', cursor: 0 },
    ]);
    expect(manifest.files.map(({ name }) => name)).toContain('control.db');
    expect(await check()).toMatchObject({ ok: true, problems: [], ledgers: 2, balanced: 2, auditIntact: true });
    expect(readdirSync(scene.target).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('copies only what no earlier one holds, and is complete without it', async () => {
    for (let i = 0; i < 6; i++) await scene.append(1, `a${i}-`, 20_000);
    const first = unwrap(await scene.run());
    await scene.append(1, 'b', 20_000);
    const second = unwrap(await scene.run());
    const shared = first.files.filter(({ name }) => name.startsWith('log/'));
    expect(shared.length).toBeGreaterThan(2);
    for (const { name } of shared) expect(inode(join(scene.target, second.id, name))).toBe(inode(join(scene.target, first.id, name)));
    expect(second).toMatchObject({ mode: 'incremental', head: 7 });
    expect(second.copiedBytes).toBeLessThan(first.copiedBytes);
    rmSync(join(scene.target, first.id), { recursive: true });
    expect(await check()).toMatchObject({ ok: true });
  });

  it('copies anew what was written since, as an erasure does', async () => {
    for (let i = 0; i < 4; i++) await scene.append(1, `a${i}-`, 20_000);
    const first = unwrap(await scene.run());
    const name = first.files.find((file) => file.name.startsWith('log/'))?.name ?? '';
    const db = new DatabaseSync(join(scene.data, name));
    db.exec('UPDATE chunk SET at = at + 1');
    db.close();
    const second = unwrap(await scene.run());
    expect(inode(join(scene.target, second.id, name))).not.toBe(inode(join(scene.target, first.id, name)));
    expect(await check()).toMatchObject({ ok: true });
  });

  it('copies everything anew when a full one is asked for, or the schedule says so', async () => {
    await scene.append(2, 'a');
    unwrap(await scene.run());
    const full = unwrap(await scene.run('full'));
    expect(full).toMatchObject({ mode: 'full' });
    expect(full.copiedBytes).toBe(full.files.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it('keeps as many as the settings say, and leaves those of other gateways alone', async () => {
    scene.settings = { keep: 2 };
    await scene.append(1, 'a');
    for (let i = 0; i < 3; i++) {
      scene.now += 60_000;
      unwrap(await scene.run());
    }
    expect(scene.folders()).toHaveLength(2);
    const other = join(scene.target, '20200101T000000Z-abcdef');
    mkdirSync(other);
    writeFileSync(join(other, 'begun.json'), '{"gateway":"another"}');
    scene.now += 60_000;
    unwrap(await scene.run());
    expect(scene.folders()).toHaveLength(3);
    expect(existsSync(other)).toBe(true);
  });

  it('is audited, and does one thing at a time', async () => {
    const begun = unwrap(scene.backups.run('full', true));
    expect(scene.backups.run('full', true)).toMatchObject({ ok: false, error: { code: 'BACKUP_BUSY' } });
    expect(await scene.backups.check(undefined)).toMatchObject({ ok: false });
    unwrap(await begun.done);
    await Promise.resolve();
    expect(scene.store.audit(null, 1)).toMatchObject([{ action: 'backup.made', target: begun.id, outcome: 'ok' }]);
    expect(scene.backups.progress()).toMatchObject({ work: 'backup', id: begun.id, phase: 'done', error: null });
  });

  it('without a folder says so', async () => {
    scene.settings = { folder: null };
    expect(scene.backups.run('full', true)).toMatchObject({ ok: false, error: { code: 'BACKUP_NO_FOLDER' } });
    expect(await scene.backups.list()).toMatchObject({ ok: false, error: { code: 'BACKUP_NO_FOLDER' } });
    scene.backups.tick();
    expect(scene.backups.progress()).toBeNull();
  });
});

describe('a backup whose disk fails', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
    for (let i = 0; i < 4; i++) await scene.append(1, `a${i}-`, 20_000);
  });
  afterEach(() => scene.remove());

  function failWith(code: string, when: (path: string) => boolean): void {
    const fail = (path: string) => {
      if (when(path)) throw Object.assign(new Error(code), { code });
    };
    scene.disk = {
      ...realDisk,
      copy(from, to, each) {
        fail(to);
        realDisk.copy(from, to, each);
      },
      write(path, text) {
        fail(path);
        realDisk.write(path, text);
      },
    };
  }

  it.each([
    ['ENOSPC', 'the backup disk is full'],
    ['ENOENT', 'the backup folder is gone'],
    ['EIO', 'the backup disk fails'],
    ['EROFS', 'the backup folder cannot be written'],
    ['EWHATEVER', 'the disk answered EWHATEVER'],
  ])('answers %s in words, leaves nothing behind and harms no event', async (code, cause) => {
    const before = unwrap(await scene.run());
    failWith(code, (path) => path.includes('segment'));
    await scene.append(1, 'b', 20_000);
    expect(await scene.run('full')).toMatchObject({ ok: false, error: { code: 'BACKUP_FAILED', details: { cause } } });
    expect(scene.folders()).toEqual([before.id]);
    expect(scene.backups.lastFailure()).toMatchObject({ error: { code: 'BACKUP_FAILED' } });
    expect(scene.store.audit(null, 1)).toMatchObject([{ action: 'backup.made', outcome: 'BACKUP_FAILED', reason: cause }]);
    scene.disk = realDisk;
    expect(await scene.append(1, 'c')).toEqual([6]);
    expect(unwrap(await scene.run())).toMatchObject({ head: 6 });
    expect(scene.backups.lastFailure()).toBeNull();
    expect((await scene.log.ledger('hook')).violations).toEqual([]);
  });

  it('leaves a half that is known as one, and removes it after the next that is whole', async () => {
    failWith('EIO', (path) => path.includes('manifest'));
    const half = { ...scene.disk, remove: () => {} };
    scene.disk = half;
    expect((await scene.run()).ok).toBe(false);
    const [folder] = scene.folders();
    expect(folder).toBeDefined();
    expect(readManifest(join(scene.target, folder ?? ''))).toMatchObject({
      ok: false,
      error: { code: 'BACKUP_DAMAGED', details: { isUnfinished: true } },
    });
    expect((await scene.backups.check(folder)).ok).toBe(false);
    scene.disk = realDisk;
    const whole = unwrap(await scene.run());
    expect(scene.folders()).toEqual([whole.id]);
  });

  it('refuses an empty folder where its backups should be, until somebody begins anew by hand', async () => {
    unwrap(await scene.run());
    renameSync(scene.target, join(scene.root, 'unmounted'));
    expect(await scene.run()).toMatchObject({ ok: false, error: { details: { cause: expect.stringContaining('is its disk mounted?') } } });
    expect(existsSync(scene.target)).toBe(false);
    mkdirSync(scene.target);
    expect(await scene.run()).toMatchObject({ ok: false, error: { details: { cause: expect.stringContaining('is its disk mounted?') } } });
    expect(readdirSync(scene.target)).toEqual([]);
    expect(unwrap(await scene.run('full'))).toMatchObject({ mode: 'full' });
  });

  it('says that events went while it was made, where the log needed their room', async () => {
    await scene.settle({ cursor: 4, terminal: { confirmed: [1, 2, 3, 4] } });
    await scene.log.retire('mail');
    scene.disk = {
      ...realDisk,
      copy(from, to, each) {
        for (const suffix of ['-wal', '-shm', '']) rmSync(`${from}${suffix}`, { force: true });
        realDisk.copy(from, to, each);
      },
    };
    expect(await scene.run()).toMatchObject({ ok: false, error: { code: 'BACKUP_FAILED' } });
    expect(scene.folders()).toEqual([]);
  });

  it('leaves room for events where it shares their disk', async () => {
    // A tenth of the budget is to stay free: of this one, that is more than any disk has.
    scene.diskBudgetBytes = Number.MAX_SAFE_INTEGER;
    expect(await scene.run()).toMatchObject({
      ok: false,
      error: { code: 'BACKUP_FAILED', details: { cause: 'on this disk it would leave too little room for events', roomBytes: 0 } },
    });
    expect(scene.folders()).toEqual([]);
  });
});

describe('a check', () => {
  let scene: Scene;
  let folder: string;
  beforeEach(async () => {
    scene = await openScene();
    for (let i = 0; i < 4; i++) await scene.append(1, `a${i}-`, 20_000);
    folder = join(scene.target, unwrap(await scene.run()).id);
  });
  afterEach(() => scene.remove());
  const check = async () => unwrap(await unwrap(await scene.backups.check(undefined)).done);
  const segment = () => join(folder, 'log', readdirSync(join(folder, 'log')).sort()[0] ?? '');

  it.each([
    [
      'a flipped bit',
      (path: string) =>
        writeFileSync(
          path,
          readFileSync(path).map((byte, i) => (i === 20_000 ? byte ^ 1 : byte)),
        ),
      'its checksum is wrong',
    ],
    ['a cut file', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 8192)), 'it has 8192 bytes instead of'],
    ['a longer file', (path: string) => appendFileSync(path, 'x'), 'bytes instead of'],
    ['a missing file', (path: string) => rmSync(path), 'it is missing'],
  ])('finds %s, writes it down beside the backup and changes nothing else', async (_, damage, problem) => {
    damage(segment());
    const found = await check();
    expect(found).toMatchObject({
      ok: false,
      problems: [{ file: expect.stringMatching(/^log\/segment/), problem: expect.stringContaining(problem) }],
    });
    expect(JSON.parse(readFileSync(join(folder, 'check.json'), 'utf8'))).toEqual(found);
    expect(scene.store.audit(null, 1)).toMatchObject([{ action: 'backup.checked', outcome: 'BACKUP_DAMAGED' }]);
  });

  it('finds a manifest that was changed', async () => {
    const path = join(folder, 'manifest.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"head": 4', '"head": 3'));
    expect(readManifest(folder)).toMatchObject({ ok: false, error: { details: { why: 'its manifest was changed' } } });
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
    expect(readManifest(folder)).toMatchObject({ ok: false, error: { code: 'BACKUP_DAMAGED' } });
    expect(await scene.backups.check(undefined)).toMatchObject({ ok: false, error: { code: 'BACKUP_UNKNOWN' } });
  });
});

describe('a drill', () => {
  it('says that it has no room, and leaves nothing behind', async () => {
    const scene = await openScene();
    await scene.append(1, 'a');
    const { id } = unwrap(await scene.run());
    const ops = createBackupOps(
      () => {},
      () => scene.now,
      realDisk,
      () => 1000,
    );
    await expect(ops.drill({ folder: join(scene.target, id) })).rejects.toMatchObject({
      code: 'BACKUP_DRILL_FAILED',
      details: { cause: 'there is no room' },
    });
    expect(readdirSync(scene.target).filter((name) => name.startsWith('.'))).toEqual([]);
    await scene.remove();
  });
});

describe('the schedule', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
    scene.settings = { everyMs: 3_600_000, fullEveryMs: 7_200_000 };
    await scene.append(1, 'a');
  });
  afterEach(() => scene.remove());

  /** Ticks, and waits for what that began. */
  async function tick(afterMs: number): Promise<string | null> {
    scene.now += afterMs;
    const before = scene.folders().length;
    scene.backups.tick();
    for (let turn = 0; turn < 50 || scene.backups.progress()?.endedAt === null; turn++)
      await new Promise((resolve) => setImmediate(resolve));
    const folders = scene.folders();
    const newest = folders.at(-1);
    return folders.length > before && newest !== undefined ? unwrap(readManifest(join(scene.target, newest))).mode : null;
  }

  it('makes one when it is due, a full one now and then, and knows after a restart when the last was', async () => {
    mkdirSync(scene.target);
    expect(await tick(0)).toBeNull();
    expect(await tick(0)).toBe('full');
    expect(await tick(3_500_000)).toBeNull();
    expect(await tick(200_000)).toBe('incremental');
    await scene.stop();
    await scene.start();
    expect(await tick(60_000)).toBeNull();
    expect(await tick(60_000)).toBeNull();
    expect(await tick(3_600_000)).toBe('full');
  });

  it('makes one shortly after a critical command', async () => {
    scene.settings = { everyMs: null };
    mkdirSync(scene.target);
    expect([await tick(0), await tick(0)]).toEqual([null, null]);
    scene.store.note({ by: 'ada', action: 'source.remove', target: 'source/web', reason: '', commandId: null }, 'applied');
    expect(await tick(10_000)).toBeNull();
    expect(await tick(25_000)).toBe('full');
    expect(await tick(60_000)).toBeNull();
  });

  it('tries a failed one again every ten minutes', async () => {
    mkdirSync(scene.target);
    await tick(0);
    scene.disk = {
      ...realDisk,
      makeFolder: () => {
        throw Object.assign(new Error('x'), { code: 'EIO' });
      },
    };
    await tick(0);
    const failedAt = scene.backups.lastFailure()?.at;
    expect(failedAt).toBe(scene.now);
    expect(scene.backups.nextAt()).toBe(scene.now + 600_000);
    scene.disk = realDisk;
    expect(await tick(599_000)).toBeNull();
    expect(await tick(2000)).toBe('full');
  });
});
