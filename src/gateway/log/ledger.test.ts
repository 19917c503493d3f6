import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuditor } from './sqlite/auditor.ts';
import type { SqliteLog } from './sqlite-log.ts';
import { inThread } from './testing/in-thread.ts';
import { appendMany, deltaOf, sideRow } from './testing/requests.ts';
import { createFolder, type Folder } from './testing/sqlite-folder.ts';

describe('the ledger finds what is wrong on the disk', () => {
  let folder: Folder;
  let log: SqliteLog;

  beforeEach(async () => {
    folder = createFolder();
    log = await folder.open({}, inThread);
    const route = log.route([await log.register('a')]);
    const { epoch } = await log.open('a');
    await appendMany(log, route, 20);
    const put = [sideRow(1, 'retrying', 1), sideRow(2, 'dead', 2), sideRow(3, 'dead', 3)];
    await log.settle(deltaOf('a', epoch, { cursor: 10, put, hold: [4, 5], terminal: { confirmed: [6, 7, 8, 9, 10] } }));
    expect((await log.ledger('a')).violations).toEqual([]);
  });
  afterEach(async () => {
    await log.close();
    folder.remove();
  });

  function damage(sql: string): void {
    const db = new DatabaseSync(join(folder.path, 'lanes.db'));
    db.exec(sql);
    db.close();
  }

  it.each([
    ['a side row that vanished', 'DELETE FROM dead WHERE seq = 2', ['L1', 'L3']],
    ['a row of another seq', 'UPDATE retrying SET seq = 9', ['L2', 'L3']],
    ['held bits that were lost', 'DELETE FROM held', ['L1', 'L3']],
    ['a counter that was changed', "UPDATE ledger SET count = count + 1 WHERE state = 'confirmed'", ['L1']],
    ['a digest that was changed', "UPDATE ledger SET lo = lo + 1 WHERE state = 'confirmed'", ['L2']],
    ['a cursor that was moved', 'UPDATE lane SET cursor = 12', ['L1', 'L3']],
    ['a row above the cursor', 'UPDATE lane SET cursor = 2', ['L4']],
    ['an event both held and dead', 'UPDATE dead SET seq = 4 WHERE seq = 3', ['L2', 'L3', 'L4']],
  ])('%s', async (_what, sql, laws) => {
    damage(sql);
    const { violations } = await log.ledger('a');
    for (const law of laws) expect(violations.join('\n')).toContain(law);
  });

  it('in a lane with so many rows that they are counted apart, too', async () => {
    let clock = 0;
    const reader = inThread.reader(() => {});
    await reader.call('open', { folder: folder.path, segments: [] });
    let started = 0;
    const startReader = () => {
      started++;
      return inThread.reader(() => {});
    };
    const auditor = createAuditor({ folder: folder.path, reader, startReader, monotonic: () => clock, maxRowsForReader: 2 });
    const first = await auditor.recount(0);
    expect(first).toMatchObject({ cursor: 10, dead: { count: 2 }, retrying: { count: 1 }, held: { count: 2 }, highest: 5 });
    expect(await auditor.recount(0)).toEqual(first);
    expect(started).toBe(1);

    damage("DELETE FROM dead WHERE seq = 2; UPDATE ledger SET count = 1 WHERE state = 'dead'");
    clock += 30_000;
    expect((await auditor.recount(0)).dead.count).toBe(1);
    expect(started).toBe(1);
    clock += 60_000;
    const found = await auditor.recount(0);
    expect(started).toBe(2);
    expect(found.dead.digest).not.toEqual(found.sums.dead?.digest);
    await reader.stop();
  });
});
