import { chmodSync, closeSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppFailure } from '#contract/errors.ts';
import { openSqliteLog } from './sqlite-log.ts';
import { inThread } from './testing/in-thread.ts';
import { appendMany, deltaOf, roomy, singleRequest } from './testing/requests.ts';
import { createFolder, type Folder, ordinary } from './testing/sqlite-folder.ts';
import { gate, wrapped } from './testing/wrapped.ts';

describe('opening a data folder', () => {
  let folder: Folder;

  beforeEach(() => {
    folder = createFolder();
  });
  afterEach(() => folder.remove());

  const segments = () =>
    readdirSync(join(folder.path, 'log'))
      .filter((name) => name.endsWith('.db'))
      .map((name) => join(folder.path, 'log', name));
  const reopen = async () => {
    const opened = await openSqliteLog({ ...ordinary, folder: folder.path }, inThread);
    if (opened.ok) await opened.value.close();
    return opened.ok ? 'opened' : opened.error;
  };

  /** A folder with one destination, ten events, and six of them settled. */
  async function populate(options = {}): Promise<void> {
    const log = await folder.open(options, inThread);
    const route = log.route([await log.register('a')]);
    const { epoch } = await log.open('a');
    for (let i = 0; i < 10; i++) await appendMany(log, route, 1, `m${i}-`, 20_000);
    await log.settle(deltaOf('a', epoch, { cursor: 6, terminal: { confirmed: [1, 2, 3, 4, 5, 6] } }));
    await log.close();
  }

  it.each(['lanes.db', 'segment'])('says which file is damaged: %s', async (which) => {
    await populate();
    const file = which === 'segment' ? (segments()[0] as string) : join(folder.path, which);
    writeFileSync(
      file,
      'this is not a database, but it is long enough to be read as the header of one, if one does not look closely at it.',
    );
    const error = await reopen();
    expect(error).toMatchObject({ code: 'DATA_CORRUPT' });
    expect(JSON.stringify(error)).toContain(which);
  });

  it('does not deliver an event whose bytes changed on the disk', async () => {
    await populate();
    const [file = ''] = segments();
    const handle = openSync(file, 'r+');
    // In the middle of the fillers, far from any page's header.
    for (let at = 100_000; at < statSync(file).size; at += 8192) writeSync(handle, 'CHANGED', at + 3000);
    closeSync(handle);
    const log = await folder.open({}, inThread).catch(() => null);
    if (log) {
      await expect(log.readDisk('a', 6, roomy)).rejects.toMatchObject({ error: { code: 'DATA_CORRUPT' } });
      await log.close();
    }
  });

  it.each(['lanes.db', 'segment'])('leaves alone what a newer version wrote: %s', async (which) => {
    await populate();
    const file = which === 'segment' ? (segments()[0] as string) : join(folder.path, which);
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(await reopen()).toMatchObject({ code: 'DATA_NEWER', details: { version: 99 } });
  });

  it('refuses a database that is not ours', async () => {
    const log = await folder.open({}, inThread);
    await log.close();
    rmSync(join(folder.path, 'lanes.db'));
    const db = new DatabaseSync(join(folder.path, 'lanes.db'));
    db.exec('CREATE TABLE theirs (x)');
    db.close();
    expect(await reopen()).toMatchObject({ code: 'DATA_CORRUPT', details: { file: 'lanes.db' } });
  });

  it('refuses where segments are gone that a lane has passed', async () => {
    await populate();
    for (const file of segments()) rmSync(file);
    expect(await reopen()).toMatchObject({ code: 'DATA_CORRUPT' });
  });

  it('says that a folder cannot be written', async () => {
    writeFileSync(join(folder.path, '..', 'a-file'), '');
    const opened = await openSqliteLog({ ...ordinary, folder: join(folder.path, '..', 'a-file', 'data') }, inThread);
    expect(opened).toMatchObject({ ok: false, error: { code: 'DATA_READONLY' } });
  });

  it('says so of a folder without the right to write, too', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may write everywhere; tests/faults/bad-start.test.ts asks as somebody else');
    chmodSync(folder.path, 0o500);
    expect(await reopen()).toMatchObject({ code: 'DATA_READONLY' });
    chmodSync(folder.path, 0o700);
  });

  it('forgets a segment that a crash left without its first commit', async () => {
    await populate();
    writeFileSync(join(folder.path, 'log', 'segment-0000000000000011.db'), '');
    const log = await folder.open({}, inThread);
    expect(log.head()).toBe(10);
    await appendMany(log, log.route([]), 1, 'next');
    expect(log.head()).toBe(11);
    await log.close();
  });

  it('refuses ingest until duplicates can be recognised, while lanes read', async () => {
    await populate();
    const loading = gate();
    const start = wrapped((_worker, call) => (call === 'dedupeSlice' ? loading.opened : undefined));
    const opened = await openSqliteLog({ ...ordinary, folder: folder.path }, start);
    if (!opened.ok) throw new AppFailure(opened.error);
    const log = opened.value;
    const request = singleRequest(log, 'm9-0', { route: 0 });
    expect(log.refusal()?.code).toBe('INGEST_STARTING');
    expect(await log.append(request)).toMatchObject({ ok: false, error: { code: 'INGEST_STARTING' } });
    expect((await log.readDisk('a', 6, roomy)).records.map((record) => record.seq)).toEqual([7, 8, 9, 10]);
    loading.open();
    await log.ready();
    expect(log.refusal()).toBeNull();
    expect(await log.append(request)).toMatchObject({ ok: true, value: { seqs: [10], duplicate: 1 } });
    await log.close();
  });

  it('remembers no more ids than it may, and says what the window is then', async () => {
    let now = 1_795_000_000_000;
    const log = await folder.open({ now: () => now, dedupeMaxEntries: 100 }, inThread);
    for (let i = 0; i < 300; i++) {
      now += 1000;
      await appendMany(log, 0, 1, `m${i}-`);
    }
    expect(log.stats().dedupeEntries).toBeLessThanOrEqual(101);
    expect(log.stats().dedupeWindowMs).toBeLessThan(110_000);
    expect(log.stats().dedupeWindowMs).toBeGreaterThan(90_000);
    const old = await log.append(singleRequest(log, 'm0-0', { route: 0 }));
    const young = await log.append(singleRequest(log, 'm290-0', { route: 0 }));
    expect([old, young]).toMatchObject([{ value: { accepted: 1 } }, { value: { duplicate: 1 } }]);
    await log.close();
  });
});
