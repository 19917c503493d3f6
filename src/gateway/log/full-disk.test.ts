import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppFailure, appError } from '#contract/errors.ts';
import type { EventLog } from './event-log.ts';
import { inThread } from './testing/in-thread.ts';
import { appendMany, deltaOf, readAll, singleRequest } from './testing/requests.ts';
import { createFolder, type Folder } from './testing/sqlite-folder.ts';
import { gate, wrapped } from './testing/wrapped.ts';

const mb = 1024 * 1024;

describe('a disk without room', () => {
  let folder: Folder;
  let log: EventLog;
  let clock = 0;
  const monotonic = () => clock;

  beforeEach(() => {
    folder = createFolder();
    clock = 0;
  });
  afterEach(async () => {
    await log.close();
    folder.remove();
  });

  async function lane(): Promise<{ route: number; epoch: number }> {
    const route = log.route([await log.register('a')]);
    return { route, epoch: (await log.open('a')).epoch };
  }

  /** Appends one by one until the log refuses; the code, and the ids that were acknowledged. */
  async function fill(route: number, prefix: string, filler: number): Promise<{ code: string; acknowledged: string[] }> {
    const acknowledged: string[] = [];
    for (let i = 0; ; i++) {
      const answer = await log.append(singleRequest(log, `${prefix}${i}`, { route, filler }));
      if (!answer.ok) return { code: answer.error.code, acknowledged };
      acknowledged.push(`${prefix}${i}`);
    }
  }

  it('refuses events, keeps what it acknowledged, and takes events again when there is room', async () => {
    let pages = 60;
    log = await folder.open({ monotonic, maxSegmentPages: () => pages }, inThread);
    const { route } = await lane();
    const first = await fill(route, 'x', 5000);
    expect(first.code).toBe('INGEST_DISK_FULL');
    expect(log.refusal()?.code).toBe('INGEST_DISK_FULL');
    expect((await readAll(log, 'a', 0)).map((record) => record.messageId)).toEqual(first.acknowledged);

    pages = 1_000_000;
    clock += 1000;
    expect(log.refusal()).toBeNull();
    await appendMany(log, route, 3, 'after');
    expect((await readAll(log, 'a', 0)).map((record) => record.messageId)).toEqual([...first.acknowledged, 'after0', 'after1', 'after2']);
    expect((await log.ledger('a')).violations).toEqual([]);
  });

  it('takes a refused event as new when it is sent again', async () => {
    let pages = 60;
    log = await folder.open({ monotonic, maxSegmentPages: () => pages }, inThread);
    const { route } = await lane();
    const { acknowledged } = await fill(route, 'x', 5000);
    pages = 1_000_000;
    clock += 1000;
    const again = await log.append(singleRequest(log, `x${acknowledged.length}`, { route, filler: 5000 }));
    expect(again).toMatchObject({ ok: true, value: { accepted: 1, duplicate: 0 } });
  });

  it('stops ingest at 95 % of the budget but goes on settling, and makes room of what every lane has passed', async () => {
    log = await folder.open({ monotonic, diskBudgetBytes: 4 * mb, lowDiskBytes: 0, segmentBytes: mb / 2 }, inThread);
    const { route, epoch } = await lane();
    const { code, acknowledged } = await fill(route, 'x', 20_000);
    expect(code).toBe('INGEST_DISK_FULL');
    expect(log.stats().bytes).toBeLessThan(4 * mb);
    const seqs = acknowledged.map((_, i) => i + 1);
    await log.settle(deltaOf('a', epoch, { cursor: seqs.length, terminal: { confirmed: seqs } }));
    clock += 2000;
    log.refusal();
    await log.truncate(0);
    expect(log.refusal()).toBeNull();
    await appendMany(log, route, 2, 'after');
    expect(await log.ledger('a')).toMatchObject({ waiting: 2, terminal: { confirmed: seqs.length }, violations: [] });
  });

  it('stops ingest where the disk itself runs low', async () => {
    let free = 10 * mb;
    log = await folder.open({ monotonic, lowDiskBytes: mb, diskFree: () => free }, inThread);
    const { route } = await lane();
    await appendMany(log, route, 1);
    free = mb / 2;
    clock += 2000;
    expect(log.refusal()).toMatchObject({ code: 'INGEST_DISK_FULL', retryable: true, details: { freeBytes: mb / 2 } });
    free = 10 * mb;
    expect(log.refusal()).toBeNull();
  });

  it('writes nothing of a settle that does not fit, and takes the same settle again', async () => {
    let isFull = false;
    const start = wrapped((worker, call) => {
      if (isFull && worker === 'lanes' && call === 'settle') throw new AppFailure(appError('INGEST_DISK_FULL'));
    });
    log = await folder.open({}, start);
    const { route, epoch } = await lane();
    const seqs = await appendMany(log, route, 3);
    const delta = deltaOf('a', epoch, { cursor: 3, terminal: { confirmed: seqs } });
    isFull = true;
    await expect(log.settle(delta)).rejects.toBeInstanceOf(AppFailure);
    isFull = false;
    await log.settle(delta);
    expect(await log.ledger('a')).toMatchObject({ waiting: 0, terminal: { confirmed: 3 }, violations: [] });
  });
});

describe('a group that cannot be written', () => {
  it('is tried again request by request, so that one cannot fail the others', async () => {
    const folder = createFolder();
    const groups: number[] = [];
    const start = wrapped((worker, call, input) => {
      if (worker !== 'writer' || call !== 'commit') return;
      const { count, buffer } = input as { count: number; buffer: ArrayBuffer };
      groups.push(count);
      if (Buffer.from(buffer).includes('poison')) throw new AppFailure(appError('INGEST_STORE_FAILED'));
    });
    const log = await folder.open({}, start);
    const route = log.route([await log.register('a')]);
    const answers = await Promise.all(['m1', 'poison', 'm2', 'm1'].map((id) => log.append(singleRequest(log, id, { route }))));
    expect(answers.map((answer) => (answer.ok ? answer.value.seqs : answer.error.code))).toEqual([[1], 'INGEST_STORE_FAILED', [2], [1]]);
    expect(groups).toEqual([3, 1, 1, 1]);
    expect((await readAll(log, 'a', 0)).map((record) => record.messageId)).toEqual(['m1', 'm2']);
    await log.close();
    folder.remove();
  });

  it('refuses what would wait too long', async () => {
    const folder = createFolder();
    let clock = 0;
    const stuck = gate();
    const start = wrapped((worker, call) => (worker === 'writer' && call === 'commit' ? stuck.opened : undefined));
    const log = await folder.open({ monotonic: () => clock }, start);
    const route = log.route([]);
    const first = log.append(singleRequest(log, 'm1', { route }));
    await new Promise((resolve) => setImmediate(resolve));
    const second = log.append(singleRequest(log, 'm2', { route }));
    expect(log.refusal()).toBeNull();
    clock += 1500;
    expect(log.refusal()?.code).toBe('INGEST_OVERLOADED');
    expect(await log.append(singleRequest(log, 'm3', { route }))).toMatchObject({ ok: false, error: { code: 'INGEST_OVERLOADED' } });
    stuck.open();
    expect([await first, await second]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(log.refusal()).toBeNull();
    await log.close();
    folder.remove();
  });
});
