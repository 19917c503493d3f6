import { beforeEach, describe, expect, it } from 'vitest';
import { divertedGen } from '../diverting.ts';
import type { SettleDelta } from '../event-log.ts';
import { tallyOf } from '../tally.ts';
import { appendMany, deltaOf, type Settling, sideRow } from '../testing/requests.ts';
import type { Bench } from './bench.ts';

/** A settle of `a` that also ends these as diverted. */
function diverted(bench: Bench, settling: Settling, members: readonly { readonly seq: number; readonly gen?: number }[]): SettleDelta {
  const delta = deltaOf('a', bench.epoch, settling);
  const all = members.map(({ seq, gen = 0 }) => ({ seq, gen }));
  return { ...delta, tally: { ...delta.tally, diverted: tallyOf(all) }, ended: { diverted: all.map(({ seq }) => seq) } };
}

async function give(bench: Bench, seqs: readonly number[], to = 'b', epoch = bench.epoch): Promise<number | 'gone'> {
  const events = (await bench.log.readSeqs('a', seqs)).map(({ seq, route }) => ({ seq, route }));
  return bench.log.diverting.divert({ origin: 'a', epoch, to, events, dueAt: 300 });
}

export function describeDiverting(bench: Bench): void {
  describe('a diversion', () => {
    beforeEach(async () => void (await appendMany(bench.log, bench.toA, 6)));
    gifts(bench);
    settles(bench);
    ends(bench);
  });
}

function gifts(bench: Bench): void {
  it('gives events to the target as rows that are due, counts them there, and leaves the origin as it is', async () => {
    expect(await give(bench, [1, 2, 3])).toBe(3);
    expect((await bench.log.dueRetries('b', 300, 10)).map(({ seq, gen, state, attempt }) => [seq, gen, state, attempt])).toEqual(
      [1, 2, 3].map((seq) => [seq, divertedGen, 'retrying', 0]),
    );
    expect(await bench.log.ledger('b')).toMatchObject({ filtered: 6, retrying: 3, divertedIn: 3, violations: [] });
    expect(await bench.ledger()).toMatchObject({ waiting: 6, cursor: 0, terminal: { diverted: 0 }, violations: [] });
    expect(await bench.log.diverting.unsettled('a')).toEqual([1, 2, 3]);
  });

  it('gives nothing twice, however often it is repeated, even once the target has delivered', async () => {
    await give(bench, [1, 2]);
    expect(await give(bench, [1, 2, 3])).toBe(1);
    const { epoch } = await bench.log.open('b');
    const gone = { seq: 1, gen: divertedGen };
    await bench.log.settle({ ...deltaOf('b', epoch, { cursor: 6, remove: [gone] }), tally: { confirmed: tallyOf([gone]) } });
    expect(await give(bench, [1, 2, 3])).toBe(0);
    expect(await bench.log.ledger('b')).toMatchObject({ divertedIn: 3, retrying: 2, terminal: { confirmed: 1 }, violations: [] });
  });

  it('gives the target nothing that it gets by its own route, or has open already', async () => {
    const [own = 0] = await appendMany(bench.log, bench.toBoth, 1, 'own');
    expect(await give(bench, [1, own])).toBe(1);
    expect(await bench.log.ledger('b')).toMatchObject({ waiting: 1, retrying: 1, divertedIn: 1, violations: [] });
    expect(await bench.log.diverting.unsettled('a')).toEqual([1, own]);
    const { epoch } = await bench.log.open('b');
    await bench.log.settle(deltaOf('b', epoch, { cursor: 7, terminal: { confirmed: [7] } }));
    await bench.log.settle(deltaOf('b', epoch, { cursor: 7, put: [{ ...sideRow(2, 'dead'), gen: 1 }] }));
    expect(await give(bench, [2])).toBe(0);
    expect(await bench.log.ledger('b')).toMatchObject({ replayed: 1, dead: 1, divertedIn: 1, violations: [] });
  });

  it('takes what is held and retried, and refuses the rest whole', async () => {
    await bench.settle({ cursor: 4, put: [sideRow(1, 'retrying'), sideRow(2, 'dead')], hold: [3], terminal: { confirmed: [4] } });
    expect(await give(bench, [1, 3, 5])).toBe(3);
    for (const seq of [2, 4]) await expect(give(bench, [6, seq])).rejects.toMatchObject({ name: 'SettleRefused' });
    const [filtered = 0] = await appendMany(bench.log, bench.toNone, 1, 'filtered');
    await expect(give(bench, [filtered])).rejects.toMatchObject({ name: 'SettleRefused' });
    await expect(give(bench, [6, 6])).rejects.toMatchObject({ name: 'SettleRefused' });
    expect(await bench.log.ledger('b')).toMatchObject({ divertedIn: 3, violations: [] });
  });

  it('belongs to the owner of the origin, and says where the target is gone', async () => {
    await expect(give(bench, [1], 'b', bench.epoch - 1)).rejects.toMatchObject({ name: 'StaleEpoch' });
    expect(await give(bench, [1], 'nobody')).toBe('gone');
    await bench.log.retire('b');
    expect(await give(bench, [1], 'b')).toBe('gone');
    expect(await bench.log.diverting.unsettled('a')).toEqual([]);
  });
}

function settles(bench: Bench): void {
  it('is settled as diverted at the origin, and is over then', async () => {
    await bench.settle({ cursor: 2, put: [sideRow(1, 'retrying')], hold: [2] });
    await give(bench, [1, 2, 3, 4]);
    const delta = diverted(bench, { cursor: 4, remove: [{ seq: 1, gen: 0 }], unhold: [2] }, [
      { seq: 1 },
      { seq: 2 },
      { seq: 3 },
      { seq: 4 },
    ]);
    await bench.log.settle(delta);
    expect(await bench.ledger()).toMatchObject({ cursor: 4, waiting: 2, held: 0, retrying: 0, terminal: { diverted: 4 }, violations: [] });
    expect(await bench.log.diverting.unsettled('a')).toEqual([]);
  });

  it('is not believed where nobody was given the event, or it is not named', async () => {
    await give(bench, [1]);
    await expect(bench.log.settle(diverted(bench, { cursor: 2 }, [{ seq: 1 }, { seq: 2 }]))).rejects.toMatchObject({
      name: 'SettleRefused',
    });
    await expect(bench.settle({ cursor: 1, terminal: { diverted: [1] } })).rejects.toMatchObject({ name: 'SettleRefused' });
    expect(await bench.ledger()).toMatchObject({ cursor: 0, waiting: 6, terminal: { diverted: 0 } });
  });
}

function ends(bench: Bench): void {
  it('is told of the event at both', async () => {
    await give(bench, [1]);
    await bench.log.settle(diverted(bench, { cursor: 1 }, [{ seq: 1 }]));
    const places = async () => {
      const [found] = await bench.log.find('m0');
      return found?.places.map(({ destination, state }) => `${destination} ${state}`);
    };
    expect(await places()).toEqual(['a settled', 'b retrying']);
    const { epoch } = await bench.log.open('b');
    const row = { seq: 1, gen: divertedGen };
    await bench.log.settle({ ...deltaOf('b', epoch, { cursor: 6, remove: [row] }), tally: { confirmed: tallyOf([row]) } });
    expect(await places()).toEqual(['a settled', 'b settled']);
  });

  it('ends with its origin or its target, and both books balance', async () => {
    await give(bench, [1, 2]);
    await bench.log.retire('b');
    expect(await bench.log.ledger('b')).toMatchObject({ divertedIn: 2, retrying: 0, terminal: { dropped: 2 }, violations: [] });
    await bench.log.retire('a');
    expect(await bench.ledger()).toMatchObject({ terminal: { dropped: 6, diverted: 0 }, violations: [] });
  });
}
