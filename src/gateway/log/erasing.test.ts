import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppFailure, appError } from '#contract/errors.ts';
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import { filterPath } from './sqlite/filter-file.ts';
import { SegmentReader } from './sqlite/segment-reader.ts';
import type { SqliteLog } from './sqlite-log.ts';
import { inThread } from './testing/in-thread.ts';
import { appended, batchRequest, deltaOf, plain, readAll, sideRow, singleRequest } from './testing/requests.ts';
import { createFolder, type Folder } from './testing/sqlite-folder.ts';
import { chunksIn, piecesOf, tracesOf } from './testing/traces.ts';
import { gate, type Intercept, wrapped } from './testing/wrapped.ts';

const key = new Uint8Array(32).fill(7);
const matchOf = (id: string, secret = key) => ({
  key: secret,
  people: [{ person: createPersonKeys(secret).keyOf(id), untilMs: Number.MAX_SAFE_INTEGER }],
});
const ana = 'ana@shop.example';
const userOf = (messageId: string) => (messageId.startsWith('ana') ? ana : 'bob@shop.example');
/** What tells of Ana: her id, her message ids. */
const hers = [ana, 'ana-'];
const hour = 3_600_000;
const perRound = ['ana-x', 'bob-x', 'bob-y'];
const rounds = 12;

let folder: Folder;
let log: SqliteLog;
let now: number;
let route: number;
let epoch: number;
const options = () => ({ now: () => now, segmentBytes: 100_000, tailBytes: 50_000, retentionMs: 100 * hour, dedupeWindowMs: 100 * hour });

beforeEach(() => {
  folder = createFolder();
  now = 1_795_000_000_000;
});
afterEach(async () => {
  await log.close();
  folder.remove();
});

/** Three segments and more: of each round two in a batch, one by itself, one that shares its body. */
async function fill(intercept: Intercept = () => undefined): Promise<void> {
  log = await folder.open(options(), wrapped(intercept));
  route = log.route([await log.register('a')]);
  ({ epoch } = await log.open('a'));
  for (let round = 0; round < rounds; round++) {
    await appended(log, batchRequest(log, [`ana-b${round}`, `bob-b${round}`], { route, userOf, filler: 12_000 }));
    await appended(log, singleRequest(log, `ana-s${round}`, { route, userOf, filler: 6000 }));
    now += hour;
  }
}
const bobs = async () => (await readAll(log, 'a', 0)).filter(({ event }) => event.userId === 'bob@shop.example').map(plain);
async function reopen(): Promise<void> {
  folder.crash();
  await log.kill();
  log = await folder.open(options(), inThread);
  ({ epoch } = await log.open('a'));
}
async function expectErased(): Promise<void> {
  expect(tracesOf(folder.path, hers)).toEqual([]);
  expect(await log.personalEvents(matchOf(ana), 0)).toMatchObject({ events: [] });
  expect(await log.ledger('a')).toMatchObject({ violations: [] });
}

describe('a person erased from the files', () => {
  it('is in none of them, WALs and packed chunks included, and the others are as they were', async () => {
    await fill();
    const before = await bobs();
    expect(chunksIn(folder.path).length).toBeGreaterThan(rounds);
    expect(tracesOf(folder.path, hers)).not.toEqual([]);
    const old = piecesOf(chunksIn(folder.path));
    expect(await log.erase(matchOf(ana))).toEqual({ events: 2 * rounds });
    await expectErased();
    const kept = chunksIn(folder.path).map(({ data }) => Buffer.from(data));
    const gone = old.filter((piece) => !kept.some((data) => data.includes(piece)));
    expect(gone.length).toBeGreaterThan(rounds);
    expect(tracesOf(folder.path, gone)).toEqual([]);
    expect(await bobs()).toEqual(before);
    await reopen();
    expect(tracesOf(folder.path, hers)).toEqual([]);
    expect(await bobs()).toEqual(before);
    expect((await appended(log, batchRequest(log, ['ana-b3', 'bob-b3'], { route, userOf }))).duplicate).toBe(2);
  });

  it('is gone from the bodies that truncation rescued, a batch of several people too', async () => {
    await fill();
    const settled = Array.from({ length: 3 * rounds }, (_, i) => i + 1).filter((seq) => seq > 3);
    const put = [sideRow(1, 'dead', 9), sideRow(2, 'dead', 9), sideRow(3, 'retrying', 9)];
    await log.settle(deltaOf('a', epoch, { cursor: 3 * rounds, put, terminal: { confirmed: settled } }));
    expect(await log.truncate(0)).toBeGreaterThan(0);
    expect(tracesOf(folder.path, ['ana-b0'])).toContain('lanes.db: ana-b0');
    const [, bob] = (await log.readSeqs('a', [1, 2])).map(plain);
    await log.erase(matchOf(ana));
    await expectErased();
    const [hersNow, bobNow] = (await log.readSeqs('a', [1, 2])).map(plain);
    expect(hersNow).toMatchObject({ messageId: '', event: { type: 'track' } });
    expect(bobNow).toEqual(bob);
    await reopen();
    expect(tracesOf(folder.path, hers)).toEqual([]);
  });

  it('is looked for only where the filters say that the person may be', async () => {
    await fill();
    await log.personalEvents(matchOf(ana), 0);
    const read = vi.spyOn(SegmentReader.prototype, 'chunk');
    expect(await log.erase(matchOf('nobody@shop.example'))).toEqual({ events: 0 });
    // One chunk in a thousand is read in vain.
    expect(read.mock.calls.length).toBeLessThan(3);
    read.mockRestore();
    await log.erase(matchOf(ana));
    await expectErased();
  });

  it.each(['damaged', 'of another key'])('is found where the filters are %s', async (what) => {
    await fill();
    if (what === 'damaged') {
      await log.personalEvents(matchOf('nobody'), 0);
      await log.close();
      writeFileSync(filterPath(folder.path), 'no database');
      log = await folder.open(options(), inThread);
    } else await log.personalEvents(matchOf('nobody', new Uint8Array(32).fill(8)), 0);
    expect(await log.erase(matchOf(ana))).toEqual({ events: 2 * rounds });
    await expectErased();
  });
});

describe('an erasure that does not get through', () => {
  it('says that the disk is full, and is run again when there is room', async () => {
    let calls = 0;
    let isFull = true;
    await fill((worker, call) => {
      if (worker === 'eraser' && call === 'erase' && ++calls === 2 && isFull) throw new AppFailure(appError('INGEST_DISK_FULL'));
    });
    const before = await bobs();
    await expect(log.erase(matchOf(ana))).rejects.toMatchObject({ error: { code: 'INGEST_DISK_FULL' } });
    expect(tracesOf(folder.path, hers)).not.toEqual([]);
    expect((await log.ledger('a')).violations).toEqual([]);
    isFull = false;
    await log.erase(matchOf(ana));
    await expectErased();
    expect(await bobs()).toEqual(before);
  });

  it('was killed in the middle: what is left is whole, and the next run gets through', async () => {
    let calls = 0;
    const stuck = gate();
    const reached = gate();
    await fill((worker, call) => {
      if (worker !== 'eraser' || call !== 'erase' || ++calls < 3) return;
      reached.open();
      return stuck.opened;
    });
    const before = await bobs();
    const erasing = log.erase(matchOf(ana)).catch(() => 'killed');
    await reached.opened;
    folder.crash();
    stuck.open();
    await log.kill();
    await erasing;
    log = await folder.open(options(), inThread);
    await log.open('a');
    expect(tracesOf(folder.path, hers)).not.toEqual([]);
    expect(await bobs()).toEqual(before);
    expect((await log.ledger('a')).violations).toEqual([]);
    await log.erase(matchOf(ana));
    await expectErased();
    expect(await bobs()).toEqual(before);
  });

  it('goes on where segments are truncated and events come meanwhile', async () => {
    let more: Promise<unknown> | null = null;
    await fill((worker, call) => {
      if (worker === 'eraser' && call === 'erase')
        more ??= Promise.all([log.truncate(0), appended(log, batchRequest(log, perRound, { route, userOf }))]);
    });
    await log.settle(deltaOf('a', epoch, { cursor: 30, terminal: { confirmed: Array.from({ length: 30 }, (_, i) => i + 1) } }));
    await log.erase(matchOf(ana));
    await more;
    await log.erase(matchOf(ana));
    await expectErased();
    expect((await bobs()).map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(['bob-x', 'bob-y']));
  });

  it('says that somebody reads the file, rather than leaving its WAL full', { timeout: 30_000 }, async () => {
    await fill();
    const [first] = chunksIn(folder.path);
    const reader = new DatabaseSync(first?.file ?? '', { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM chunk').get();
    await expect(log.erase(matchOf(ana))).rejects.toMatchObject({ error: { code: 'INGEST_STORE_FAILED' } });
    reader.exec('COMMIT');
    reader.close();
    await log.erase(matchOf(ana));
    await expectErased();
  });
});
