import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '#contract/documents/settings.ts';
import { startBackupProcess } from './backup-process.ts';
import { createBackups } from './backups.ts';
import type { Progressed } from './progress.ts';
import { openScene, type Scene, unwrap } from './testing/scene.ts';

describe('the backup process', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
    await scene.append(3, 'a', 9000);
  });
  afterEach(() => scene.remove());

  function real() {
    return createBackups({
      dataFolder: scene.data,
      log: scene.log,
      store: scene.store,
      settings: () => settingsSchema.parse({ backup: { folder: scene.target } }),
      isCritical: () => false,
      facts: { node: 'test', product: '0.0.0' },
      start: startBackupProcess,
      now: Date.now,
      bug: (error) => {
        throw error;
      },
    });
  }

  it('makes, checks and rehearses a backup while its log goes on', async () => {
    const backups = real();
    const begun = unwrap(backups.run('full', true));
    await scene.append(2, 'meanwhile');
    const manifest = unwrap(await begun.done);
    expect(manifest.head).toBeGreaterThanOrEqual(3);
    const check = unwrap(await unwrap(await backups.check(undefined)).done);
    expect(check).toMatchObject({ ok: true, balanced: 2 });
    const drill = unwrap(await unwrap(await backups.drill(undefined)).done);
    expect(drill).toMatchObject({ ok: true, problems: [], balanced: 2, auditIntact: true, head: manifest.head });
    expect(drill.recoveryMs).toBeGreaterThan(0);
    const listing = unwrap(await backups.list());
    expect(JSON.parse(listing.notes[0]?.drill ?? '')).toEqual(drill);
    await backups.close();
  });

  it('says what fails as an expected failure, and reports how far it is', async () => {
    const steps: Progressed[] = [];
    const process = startBackupProcess((step) => steps.push(step));
    await expect(process.call('check', { folder: join(scene.root, 'nothing') })).rejects.toMatchObject({
      error: { code: 'BACKUP_UNKNOWN' },
    });
    await expect(process.call('begin', { folder: join(scene.root, 'no', 'where'), mark: '' })).rejects.toMatchObject({
      error: { code: 'BACKUP_FAILED', details: { cause: 'the backup folder is gone' } },
    });
    const { id } = unwrap(await scene.run());
    await process.call('check', { folder: join(scene.target, id) });
    expect(steps[0]).toMatchObject({ phase: 'checking' });
    await process.stop();
    await expect(process.call('find', { root: scene.target })).rejects.toMatchObject({ error: { code: 'BACKUP_FAILED' } });
  });

  it('is a thread where no process can be started', async () => {
    const { id } = unwrap(await scene.run());
    const thread = startBackupProcess(() => {}, 'thread');
    expect(await thread.call('check', { folder: join(scene.target, id) })).toMatchObject({ ok: true, balanced: 2 });
    await thread.stop();
    await expect(thread.call('find', { root: scene.target })).rejects.toMatchObject({ error: { code: 'BACKUP_FAILED' } });
  });

  it('ends a backup when the gateway does, and what it was asked ends as a failure', async () => {
    const backups = real();
    const begun = unwrap(backups.run('full', true));
    const closed = backups.close();
    expect(await begun.done).toMatchObject({ ok: false, error: { code: 'BACKUP_FAILED' } });
    await closed;
    expect(backups.run('full', true)).toMatchObject({ ok: false, error: { code: 'BACKUP_BUSY' } });
  });
});
