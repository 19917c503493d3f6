import { beforeEach, describe, expect, it } from 'vitest';
import { addMember } from '../digest.ts';
import { appended, appendMany, batchRequest, deltaOf, type Settling, sideRow } from '../testing/requests.ts';
import type { Bench } from './bench.ts';

export function describeSettling(bench: Bench): void {
  describe('settle', () => {
    beforeEach(() => appendSix(bench));
    settles(bench);
  });
  describe('a settle that breaks a rule', () => {
    beforeEach(() => appendSix(bench));
    refusals(bench);
  });
  describe('side rows', () => sideRows(bench));
}

/** Six events, the second of them filtered at `a`. */
async function appendSix(bench: Bench): Promise<void> {
  await appended(
    bench.log,
    batchRequest(bench.log, ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'], { route: bench.toA }, [
      bench.toA,
      bench.toNone,
      bench.toA,
      bench.toA,
      bench.toA,
      bench.toA,
    ]),
  );
}

function settles(bench: Bench): void {
  it('moves the cursor and counts', async () => {
    await bench.settle({ cursor: 4, terminal: { confirmed: [1], accepted: [3], dropped: [4] } });
    expect(await bench.ledger()).toEqual({
      destination: 'a',
      cursor: 4,
      head: 6,
      total: 6,
      filtered: 1,
      waiting: 2,
      held: 0,
      retrying: 0,
      dead: 0,
      terminal: { confirmed: 1, accepted: 1, suppressed: 0, dropped: 1, diverted: 0, expired: 0 },
      replayed: 0,
      divertedIn: 0,
      violations: [],
    });
  });

  it('keeps what it could not deliver', async () => {
    await bench.settle({
      cursor: 6,
      put: [sideRow(1, 'retrying', 500), sideRow(3, 'dead', 7)],
      hold: [4, 5],
      terminal: { confirmed: [6] },
    });
    expect(await bench.log.open('a')).toEqual({ epoch: bench.epoch + 1, cursor: 6, held: 2, retrying: 1, dead: 1, nextRetryAt: 500 });
    expect(await bench.log.dueRetries('a', 500, 10)).toEqual([sideRow(1, 'retrying', 500)]);
    expect(await bench.log.heldSeqs('a', 0, 10)).toEqual([4, 5]);
    expect(await bench.log.deadLetters('a', 0, 10)).toMatchObject({
      total: 1,
      rows: [{ row: sideRow(3, 'dead', 7), record: { seq: 3, messageId: 'm3' } }],
    });
    expect(await bench.ledger()).toMatchObject({ held: 2, retrying: 1, dead: 1, violations: [] });
  });

  it('remembers in which dedupe domain an event may have arrived, until a verdict says that it did not', async () => {
    const uncertain = { ...sideRow(1, 'retrying', 500), domain: 'eu' };
    await bench.settle({ cursor: 3, put: [uncertain, sideRow(3, 'retrying', 500)] });
    expect(await bench.log.dueRetries('a', 500, 10)).toEqual([uncertain, sideRow(3, 'retrying', 500)]);
    await bench.settle({ cursor: 3, put: [sideRow(1, 'retrying', 600)] });
    expect(await bench.log.dueRetries('a', 600, 10)).toEqual([sideRow(3, 'retrying', 500), sideRow(1, 'retrying', 600)]);
  });

  it('names the dedupe domain of rows that have none as the lane is opened, up to a seq', async () => {
    await bench.settle({
      cursor: 4,
      put: [{ ...sideRow(1, 'retrying', 500), domain: 'us' }, sideRow(3, 'retrying', 500), sideRow(4, 'retrying', 500)],
    });
    await bench.log.open('a', { throughSeq: 3, domain: 'eu' });
    expect((await bench.log.dueRetries('a', 500, 10)).map(({ seq, domain }) => [seq, domain])).toEqual([
      [1, 'us'],
      [3, 'eu'],
      [4, undefined],
    ]);
  });

  it('takes up rows and held events again', async () => {
    await bench.settle({
      cursor: 6,
      put: [sideRow(1, 'retrying', 500), sideRow(3, 'retrying', 400)],
      hold: [4, 5],
      terminal: { confirmed: [6] },
    });
    await bench.settle({
      cursor: 6,
      put: [sideRow(1, 'dead', 600, 2)],
      remove: [{ seq: 3, gen: 0 }],
      unhold: [5],
      terminal: { confirmed: [3, 5] },
    });
    expect(await bench.ledger()).toMatchObject({ held: 1, retrying: 0, dead: 1, terminal: { confirmed: 3 }, violations: [] });
    await bench.settle({ cursor: 6, put: [sideRow(4, 'retrying', 1)], unhold: [4] });
    await bench.settle({ cursor: 6, hold: [4], remove: [{ seq: 4, gen: 0 }] });
    expect(await bench.ledger()).toMatchObject({ held: 1, retrying: 0, dead: 1, violations: [] });
    expect(await bench.log.nextRetryAt('a')).toBeNull();
  });

  it('counts a row of a later generation as replayed', async () => {
    await bench.settle({ cursor: 6, terminal: { confirmed: [1, 3, 4, 5, 6] } });
    await bench.settle({ cursor: 6, put: [{ ...sideRow(2, 'retrying'), gen: 1 }] });
    expect(await bench.ledger()).toMatchObject({ replayed: 1, retrying: 1, violations: [] });
    const digest = { hi: 0, lo: 0 };
    addMember(digest, 2, 1);
    await bench.log.settle({
      ...deltaOf('a', bench.epoch, { cursor: 6, remove: [{ seq: 2, gen: 1 }] }),
      tally: { confirmed: { count: 1, digest } },
    });
    expect(await bench.ledger()).toMatchObject({ replayed: 1, retrying: 0, terminal: { confirmed: 6 }, violations: [] });
  });
}

function refusals(bench: Bench): void {
  it.each<[string, Settling]>([
    ['forgets an event', { cursor: 4, terminal: { confirmed: [1, 3] } }],
    ['counts an event that was filtered', { cursor: 4, terminal: { confirmed: [1, 2, 3, 4] } }],
    ['counts another event than the one it passed', { cursor: 3, terminal: { confirmed: [1, 4] } }],
    ['counts an event twice', { cursor: 1, terminal: { confirmed: [1], dropped: [1] } }],
    ['goes above the head', { cursor: 7, terminal: { confirmed: [1, 3, 4, 5, 6, 7] } }],
    ['writes a row above the cursor', { cursor: 1, put: [sideRow(3, 'retrying')], terminal: { confirmed: [1] } }],
    ['holds above the cursor', { cursor: 1, hold: [3], terminal: { confirmed: [1] } }],
    ['holds an event and writes a row for it', { cursor: 1, hold: [1], put: [sideRow(1, 'retrying')] }],
    ['removes a row that is not there', { cursor: 1, remove: [{ seq: 1, gen: 0 }], terminal: { confirmed: [1] } }],
    ['releases what is not held', { cursor: 1, unhold: [1], terminal: { confirmed: [1] } }],
  ])('is refused whole where it %s', async (_case, settling) => {
    await expect(bench.settle(settling)).rejects.toMatchObject({ name: 'SettleRefused' });
    expect(await bench.ledger()).toMatchObject({
      cursor: 0,
      waiting: 5,
      held: 0,
      retrying: 0,
      terminal: { confirmed: 0 },
      violations: [],
    });
  });

  it('is refused where the cursor would fall', async () => {
    await bench.settle({ cursor: 4, terminal: { confirmed: [1, 3, 4] } });
    await expect(bench.settle({ cursor: 3 })).rejects.toMatchObject({ name: 'SettleRefused' });
  });

  it('is refused where a counter would fall', async () => {
    await bench.settle({ cursor: 4, terminal: { confirmed: [1, 3, 4] } });
    const delta = { ...deltaOf('a', bench.epoch, { cursor: 4 }), tally: { confirmed: { count: -1, digest: { hi: 0, lo: 0 } } } };
    await expect(bench.log.settle(delta)).rejects.toMatchObject({ name: 'SettleRefused' });
  });
}

function sideRows(bench: Bench): void {
  it('come due in order', async () => {
    await appendMany(bench.log, bench.toA, 5);
    await bench.settle({ cursor: 5, put: [5, 1, 4, 2, 3].map((seq) => sideRow(seq, 'retrying', seq * 100)) });
    expect(await bench.log.nextRetryAt('a')).toBe(100);
    expect((await bench.log.dueRetries('a', 350, 10)).map((row) => row.seq)).toEqual([1, 2, 3]);
    expect((await bench.log.dueRetries('a', 350, 2)).map((row) => row.seq)).toEqual([1, 2]);
    expect(await bench.log.dueRetries('a', 99, 10)).toEqual([]);
  });

  it('page through dead letters by seq', async () => {
    await appendMany(bench.log, bench.toA, 7);
    await bench.settle({ cursor: 7, put: [1, 2, 3, 4, 5, 6, 7].map((seq) => sideRow(seq, 'dead', seq)) });
    const first = await bench.log.deadLetters('a', 0, 3);
    const second = await bench.log.deadLetters('a', 3, 10);
    expect(first.total).toBe(7);
    expect([...first.rows, ...second.rows].map(({ row, record }) => [row.seq, record?.messageId])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((seq) => [seq, `m${seq - 1}`]),
    );
  });

  it('page through held events over blocks', async () => {
    const seqs = await appendMany(bench.log, bench.toA, 9000);
    await bench.settle({
      cursor: 9000,
      hold: seqs.filter((seq) => seq % 2 === 0),
      terminal: { confirmed: seqs.filter((seq) => seq % 2 === 1) },
    });
    expect(await bench.log.heldSeqs('a', 4090, 5)).toEqual([4092, 4094, 4096, 4098, 4100]);
    expect(await bench.log.heldSeqs('a', 8998, 5)).toEqual([9000]);
    expect(await bench.log.heldSeqs('a', 9000, 5)).toEqual([]);
    expect(await bench.ledger()).toMatchObject({ held: 4500, terminal: { confirmed: 4500 }, violations: [] });
  });
}
