import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { removalOf } from './sqlite/segment-removal.ts';
import type { SqliteLog } from './sqlite-log.ts';
import { inThread } from './testing/in-thread.ts';
import { appendMany, deltaOf, plain, readAll, sideRow, singleRequest } from './testing/requests.ts';
import { createFolder, type Folder } from './testing/sqlite-folder.ts';

const hour = 3_600_000;

describe('a log with little traffic', () => {
  const retentionMs = 80 * hour;

  it('keeps no event longer than its retention and an eighth of it, over restarts too', async () => {
    const folder = createFolder();
    let now = 1_795_000_000_000;
    const options = { now: () => now, retentionMs, dedupeWindowMs: hour };
    const open = async () => {
      const log = await folder.open(options, inThread);
      const { epoch } = await log.open('a').catch(async () => {
        await log.register('a');
        return log.open('a');
      });
      return { log, route: log.route([await log.register('a')]), epoch };
    };
    let opened = await open();
    for (let seq = 1; seq <= 200; seq++) {
      const { log, route, epoch } = opened;
      await appendMany(log, route, 1, `m${seq}-`);
      await log.settle(deltaOf('a', epoch, { cursor: seq, terminal: { confirmed: [seq] } }));
      now += hour;
      await log.truncate(retentionMs);
      const { oldestAt } = await log.kept();
      expect(now - (oldestAt ?? 0)).toBeLessThanOrEqual(retentionMs * 1.125 + 2 * hour);
      if (seq % 7 !== 0) continue;
      await log.close();
      opened = await open();
    }
    expect(await opened.log.ledger('a')).toMatchObject({ total: 200, terminal: { confirmed: 200 }, violations: [] });
    expect((await opened.log.kept()).parts.length).toBeGreaterThan(4);
    await opened.log.close();
    folder.remove();
  });
});

describe('truncation', () => {
  let folder: Folder;
  let log: SqliteLog;
  let now = 0;
  let route = 0;
  let epoch = 0;
  const options = () => ({ now: () => now, segmentBytes: 150_000, tailBytes: 1000, retentionMs: 100 * hour, dedupeWindowMs: 100 * hour });
  const files = () => readdirSync(join(folder.path, 'log')).filter((name) => name.endsWith('.db'));

  beforeEach(async () => {
    folder = createFolder();
    now = 1_795_000_000_000;
    log = await folder.open(options(), inThread);
    route = log.route([await log.register('a')]);
    epoch = (await log.open('a')).epoch;
    for (let i = 0; i < 40; i++) {
      await appendMany(log, route, 1, `m${i}-`, 20_000);
      now += hour;
    }
  });
  afterEach(async () => {
    await log.close();
    folder.remove();
  });

  const seqs = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  it('keeps what a lane has not passed, whatever its age', async () => {
    const before = files().length;
    expect(before).toBeGreaterThan(4);
    expect(await log.truncate(0)).toBe(0);
    expect(files()).toHaveLength(before);
  });

  it('unlinks whole files that are old and passed, and balances after', async () => {
    await log.settle(deltaOf('a', epoch, { cursor: 40, terminal: { confirmed: seqs(1, 40) } }));
    const before = { files: files().length, bytes: log.stats().bytes };
    const freed = await log.truncate(20 * hour);
    expect(freed).toBeGreaterThan(0);
    expect(log.stats().bytes).toBeLessThan(before.bytes);
    expect(files().length).toBeLessThan(before.files);
    const [oldest] = await log.readSeqs('a', seqs(1, 40));
    expect(oldest?.receivedAt).toBeGreaterThanOrEqual(now - 30 * hour);
    expect(await log.ledger('a')).toMatchObject({ total: 40, terminal: { confirmed: 40 }, violations: [] });
    await appendMany(log, route, 2, 'next');
    expect((await readAll(log, 'a', 40)).map((record) => record.seq)).toEqual([41, 42]);
  });

  it('keeps no more bytes than it may, the oldest passed segments go first', async () => {
    await log.settle(deltaOf('a', epoch, { cursor: 40, terminal: { confirmed: seqs(1, 40) } }));
    const { bytes } = log.stats();
    expect(await log.truncate(0, bytes)).toBe(0);
    expect(await log.truncate(0, bytes / 2)).toBeGreaterThan(0);
    const kept = (await log.kept()).parts.reduce((sum, part) => sum + part.bytes, 0);
    expect(kept).toBeLessThanOrEqual(bytes / 2);
    expect(kept).toBeGreaterThan(bytes / 4);
    expect(await log.ledger('a')).toMatchObject({ total: 40, violations: [] });
  });

  it('rescues what is retrying, dead or held before its segment goes', async () => {
    const settled = seqs(1, 40).filter((seq) => ![2, 3, 4].includes(seq));
    await log.settle(
      deltaOf('a', epoch, {
        cursor: 40,
        put: [sideRow(2, 'retrying', 5), sideRow(3, 'dead', 6)],
        hold: [4],
        terminal: { confirmed: settled },
      }),
    );
    const before = (await log.readSeqs('a', [2, 3, 4])).map(plain);
    expect(await log.truncate(0)).toBeGreaterThan(0);
    expect((await log.readSeqs('a', [1, 2, 3, 4])).map(plain)).toEqual(before);
    expect((await log.deadLetters('a', 0, 10)).rows[0]?.record?.messageId).toBe('m2-0');

    folder.crash();
    await log.kill();
    log = await folder.open(options(), inThread);
    ({ epoch } = await log.open('a'));
    expect((await log.readSeqs('a', [2, 3, 4])).map(plain)).toEqual(before);
    expect((await log.ledger('a')).violations).toEqual([]);

    await log.settle(deltaOf('a', epoch, { cursor: 40, remove: [{ seq: 2, gen: 0 }], unhold: [4], terminal: { confirmed: [2, 4] } }));
    for (let i = 0; i < 10; i++) await appendMany(log, 0, 1, `later${i}-`, 20_000);
    await log.settle(deltaOf('a', epoch, { cursor: 50 }));
    await log.truncate(0);
    expect((await log.readSeqs('a', [2, 3, 4])).map((record) => record.seq)).toEqual([3]);
  });

  it('takes the id of an event that is gone as new', async () => {
    await log.settle(deltaOf('a', epoch, { cursor: 40, terminal: { confirmed: seqs(1, 40) } }));
    await log.truncate(0);
    expect(await log.append(singleRequest(log, 'm0-0', { route }))).toMatchObject({ value: { accepted: 1 } });
    expect(await log.append(singleRequest(log, 'm39-0', { route }))).toMatchObject({ value: { duplicate: 1 } });
  });

  it('never gives the ordinal or the route of a truncated destination to another', async () => {
    await log.settle(deltaOf('a', epoch, { cursor: 40, terminal: { confirmed: seqs(1, 40) } }));
    await log.retire('a');
    await log.truncate(0);
    await log.close();
    log = await folder.open(options(), inThread);
    const ordinal = await log.register('b');
    expect(ordinal).toBe(1);
    expect(log.route([ordinal])).not.toBe(route);
    expect(await log.ledger('b')).toMatchObject({ total: 0, waiting: 0, violations: [] });
  });
});

describe('a crash while a segment is removed whose last checkpoint failed', () => {
  const hour100 = 100 * hour;
  const options = () => ({ now: () => now, retentionMs: hour100, dedupeWindowMs: hour });
  let now = 1_795_000_000_000;

  it.each([0, 1, 2, 3, 4])('leaves a log that opens, after %i of four steps', async (steps) => {
    const folder = createFolder();
    onTestFinished(folder.remove);
    let log = await folder.open(options(), inThread);
    const route = log.route([await log.register('a')]);
    const { epoch } = await log.open('a');
    await appendMany(log, route, 3, 'old');
    const [first = ''] = segmentsIn(folder.path);
    // All of it is in its WAL still.
    const unsealed = ['', '-wal'].map((suffix) => [suffix, readFileSync(`${first}${suffix}`)] as const);
    now += hour100;
    await appendMany(log, route, 2, 'new');
    await log.settle(deltaOf('a', epoch, { cursor: 5, terminal: { confirmed: [1, 2, 3, 4, 5] } }));
    await log.close();
    for (const [suffix, bytes] of unsealed) writeFileSync(`${first}${suffix}`, bytes);

    for (const step of removalOf(first).slice(0, steps)) await step();

    log = await folder.open(options(), inThread);
    expect(await log.ledger('a')).toMatchObject({ total: 5, terminal: { confirmed: 5 }, violations: [] });
    const left = readdirSync(join(folder.path, 'log')).filter((name) => name.includes('0000001.db'));
    expect(left.some((name) => name.endsWith('.db'))).toBe(steps === 0);
    if (steps > 0) expect(left).toEqual([]);
    await log.close();
  });
});

function segmentsIn(path: string): readonly string[] {
  const names = readdirSync(join(path, 'log')).filter((name) => name.endsWith('.db'));
  return names.sort().map((name) => join(path, 'log', name));
}
