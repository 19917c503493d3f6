import { beforeEach, describe, expect, it } from 'vitest';
import type { SideRow } from '../event-log.ts';
import type { DeadFilter, DeadSearch, GiveStep } from '../replaying.ts';
import { tallyOf } from '../tally.ts';
import { appendMany, deltaOf, sideRow } from '../testing/requests.ts';
import type { Bench } from './bench.ts';

export function describeReplaying(bench: Bench): void {
  describe('dead letters', () => {
    beforeEach(() => dieInPart(bench));
    searches(bench);
    discards(bench);
    edits(bench);
    fences(bench);
  });
  describe('a replay', () => {
    beforeEach(() => dieInPart(bench));
    gives(bench);
  });
  describe('a replay that gave six', () => {
    beforeEach(() => dieInPart(bench));
    counts(bench);
  });
  describe('the life of an event', () => {
    beforeEach(() => dieInPart(bench));
    lives(bench);
  });
}

const dead = (seq: number, of: Partial<SideRow> = {}): SideRow => ({ ...sideRow(seq, 'dead', seq * 100), ...of });

/** Ten events: 1 to 6 died, 7 is retrying, 8 is held, 9 was delivered, 10 dropped. An eleventh is filtered, a twelfth waits. */
async function dieInPart(bench: Bench): Promise<void> {
  await appendMany(bench.log, bench.toA, 10);
  await appendMany(bench.log, bench.toNone, 1, 'filtered');
  await appendMany(bench.log, bench.toA, 1, 'waits');
  const refused = { class: 'rejected', detail: 'HTTP 400: Unknown currency', name: 'Paid' };
  const delta = deltaOf('a', bench.epoch, {
    cursor: 11,
    put: [
      dead(1),
      dead(2, refused),
      dead(3, refused),
      dead(4),
      dead(5, { ...refused, name: 'Viewed' }),
      dead(6),
      sideRow(7, 'retrying', 500),
    ],
    hold: [8],
    terminal: { confirmed: [9], dropped: [10] },
  });
  await bench.log.settle({ ...delta, ended: { dropped: [10] } });
}

function searches(bench: Bench): void {
  const all: Omit<DeadSearch, 'filter'> = { destination: 'a', order: 'oldest', from: 0, limit: 100 };
  const found = async (filter: DeadFilter, search: Partial<DeadSearch> = {}) => {
    const { rows } = await bench.log.replaying.searchDead({ ...all, ...search, filter });
    return rows.map(({ seq }) => seq);
  };

  it('are found by class, name, time of death and text, and by all of them together', async () => {
    expect(await found({})).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await found({ class: 'rejected' })).toEqual([2, 3, 5]);
    expect(await found({ name: 'Paid' })).toEqual([2, 3]);
    expect(await found({ fromMs: 200, toMs: 500 })).toEqual([2, 3, 4]);
    expect(await found({ text: 'unknown CURRENCY' })).toEqual([2, 3, 5]);
    expect(await found({ class: 'rejected', name: 'Paid', fromMs: 300, text: '400' })).toEqual([3]);
    expect(await found({ class: 'timeout' })).toEqual([]);
  });

  it('are found by name where only the event itself tells it', async () => {
    expect(await found({ name: 'Viewed' })).toEqual([1, 4, 5, 6]);
  });

  it('come page by page, either way', async () => {
    expect(await found({}, { limit: 2 })).toEqual([1, 2]);
    expect(await found({}, { limit: 2, from: 2 })).toEqual([3, 4]);
    expect(await found({}, { order: 'newest', from: Number.MAX_SAFE_INTEGER, limit: 4 })).toEqual([6, 5, 4, 3]);
    expect(await found({}, { order: 'newest', from: 3 })).toEqual([2, 1]);
    const page = await bench.log.replaying.searchDead({ ...all, filter: {}, limit: 6 });
    expect(page).toMatchObject({ through: 6, isOver: false });
    expect(await bench.log.replaying.searchDead({ ...all, filter: {}, from: 6 })).toMatchObject({ rows: [], isOver: true });
  });

  it('are counted by class and name', async () => {
    const { count, classes, names } = await bench.log.replaying.countDead('a', { fromMs: 200 });
    expect(count).toBe(5);
    expect(Object.fromEntries(classes)).toEqual({ rejected: 3, server: 2 });
    expect(Object.fromEntries(names)).toEqual({ Paid: 2, Viewed: 1, '': 2 });
  });

  it('are counted with what else is open in a stretch', async () => {
    expect(await bench.log.replaying.countRange('a', 0, 11)).toEqual({ routed: 10, retrying: 1, dead: 6, held: 1 });
    expect(await bench.log.replaying.countRange('a', 3, 8)).toEqual({ routed: 5, retrying: 1, dead: 3, held: 1 });
  });
}

function discards(bench: Bench): void {
  it('are discarded for good, and nothing else is', async () => {
    expect(await bench.log.replaying.discardDead('a', bench.epoch, [1, 3, 7, 8, 9, 12, 99])).toBe(2);
    expect(await bench.ledger()).toMatchObject({ dead: 4, retrying: 1, held: 1, terminal: { dropped: 3 }, violations: [] });
    expect(await bench.log.replaying.discardDead('a', bench.epoch, [1, 3])).toBe(0);
  });
}

function edits(bench: Bench): void {
  const replaying = () => bench.log.replaying;
  it('are replaced by an edited copy once it is in the log', async () => {
    expect(await replaying().beginEdit('a', bench.epoch, 2, 'copy')).toBe(true);
    expect(await replaying().openEdits('a')).toEqual([{ seq: 2, gen: 0, child: 'copy' }]);
    expect(await replaying().endEdit('a', bench.epoch, 'copy', true)).toBe(true);
    expect(await replaying().openEdits('a')).toEqual([]);
    expect(await bench.ledger()).toMatchObject({ dead: 5, terminal: { dropped: 2 }, violations: [] });
    expect(await replaying().life('a', 2)).toEqual({ outcome: 'dropped', replays: [], child: 'copy' });
  });

  it('stay where the copy never came', async () => {
    await replaying().beginEdit('a', bench.epoch, 2, 'copy');
    expect(await replaying().endEdit('a', bench.epoch, 'copy', false)).toBe(true);
    expect(await bench.ledger()).toMatchObject({ dead: 6, terminal: { dropped: 1 }, violations: [] });
    expect(await replaying().beginEdit('a', bench.epoch, 2, 'another')).toBe(true);
  });

  it('are left alone by everything else while they are being edited', async () => {
    await replaying().beginEdit('a', bench.epoch, 2, 'copy');
    expect(await replaying().beginEdit('a', bench.epoch, 2, 'another')).toBe(false);
    expect(await replaying().discardDead('a', bench.epoch, [2, 3])).toBe(1);
    await replaying().openReplay('a', bench.epoch, 'r');
    const given = await replaying().give('a', bench.epoch, { id: 'r', seqs: [2, 4], through: 4, dueAt: 9, mints: false });
    expect(given).toMatchObject({ retried: 1, skipped: 1 });
    expect(await replaying().endEdit('a', bench.epoch, 'copy', true)).toBe(true);
    expect(await bench.ledger()).toMatchObject({ dead: 3, retrying: 2, terminal: { dropped: 3 }, violations: [] });
  });

  it('can only be edited where they are dead', async () => {
    for (const seq of [7, 8, 9, 11, 12, 99]) expect(await replaying().beginEdit('a', bench.epoch, seq, 'copy')).toBe(false);
    expect(await replaying().endEdit('a', bench.epoch, 'copy', true)).toBe(false);
  });
}

const step = (seqs: readonly number[], of: Partial<GiveStep> = {}): GiveStep => ({
  id: 'r',
  seqs,
  through: seqs.at(-1) ?? 0,
  dueAt: 700,
  mints: true,
  ...of,
});

function gives(bench: Bench): void {
  const give = (one: GiveStep) => bench.log.replaying.give('a', bench.epoch, one);
  beforeEach(() => bench.log.replaying.openReplay('a', bench.epoch, 'r'));

  it('tries dead letters again, from the first attempt', async () => {
    const given = await give(step([1, 2, 7, 8, 9], { mints: false }));
    expect(given).toMatchObject({ retried: 2, minted: 0, skipped: 3, replay: { cursor: 9, given: 2, skipped: 3, open: 2 } });
    expect(await bench.log.dueRetries('a', 700, 10)).toEqual([
      sideRow(7, 'retrying', 500),
      { seq: 1, gen: 0, state: 'retrying', attempt: 0, dueAt: 700, class: 'replay', detail: 'replayed; before: server, HTTP 503 for 1' },
      {
        seq: 2,
        gen: 0,
        state: 'retrying',
        attempt: 0,
        dueAt: 700,
        class: 'replay',
        detail: 'replayed; before: rejected, HTTP 400: Unknown currency',
      },
    ]);
    expect(await bench.ledger()).toMatchObject({ dead: 4, retrying: 3, replayed: 0, violations: [] });
  });

  it('gives what is settled or was filtered once more, and leaves alone what will be sent anyway', async () => {
    const given = await give(step([6, 7, 8, 9, 10, 11, 12]));
    expect(given).toMatchObject({ retried: 1, minted: 3, skipped: 3 });
    const rows = await bench.log.dueRetries('a', 700, 10);
    expect(rows.map(({ seq, gen }) => [seq, gen])).toEqual([
      [7, 0],
      [6, 0],
      [9, 1],
      [10, 1],
      [11, 1],
    ]);
    expect(await bench.ledger()).toMatchObject({ dead: 5, retrying: 5, held: 1, waiting: 1, replayed: 3, violations: [] });
  });

  it('gives each event of another replay under another generation', async () => {
    await give(step([9]));
    await bench.log.settle({
      ...deltaOf('a', bench.epoch, { cursor: 11, remove: [{ seq: 9, gen: 1 }] }),
      tally: { confirmed: tally(9, 1) },
    });
    expect(await bench.log.replaying.openReplay('a', bench.epoch, 'again')).toMatchObject({ gen: 2, cursor: 0, given: 0 });
    await give(step([9], { id: 'again' }));
    expect(await bench.log.dueRetries('a', 700, 10)).toMatchObject([{ seq: 7 }, { seq: 9, gen: 2 }]);
    expect(await bench.ledger()).toMatchObject({ replayed: 2, violations: [] });
  });

  it('gives nothing twice: it never goes back', async () => {
    await give(step([1, 2], { through: 4 }));
    await expect(give(step([4]))).rejects.toMatchObject({ name: 'SettleRefused' });
    await expect(give(step([6, 5]))).rejects.toMatchObject({ name: 'SettleRefused' });
    await expect(give(step([5], { through: 4 }))).rejects.toMatchObject({ name: 'SettleRefused' });
    expect(await bench.log.replaying.openReplay('a', bench.epoch, 'r')).toMatchObject({ cursor: 4, given: 2 });
  });

  it('gives nothing above where the lane stood when it began', async () => {
    await bench.log.settle(deltaOf('a', bench.epoch, { cursor: 12, terminal: { confirmed: [12] } }));
    expect(await give(step([12]))).toMatchObject({ minted: 0, skipped: 1 });
  });
}

const tally = (seq: number, gen: number) => tallyOf([{ seq, gen }]);

function counts(bench: Bench): void {
  const log = () => bench.log;
  beforeEach(async () => {
    await log().replaying.openReplay('a', bench.epoch, 'r');
    await log().replaying.give('a', bench.epoch, step([1, 2, 3, 4, 5, 6]));
  });
  const state = () =>
    log()
      .replaying.replays('a')
      .find(({ id }) => id === 'r');

  it('knows what became of what it gave', async () => {
    const remove = [1, 2, 3].map((seq) => ({ seq, gen: 0 }));
    await log().settle({
      ...deltaOf('a', bench.epoch, { cursor: 11, remove, put: [dead(4)], terminal: { confirmed: [1, 2], suppressed: [3] } }),
      ended: { suppressed: [3] },
    });
    expect(state()).toMatchObject({ given: 6, delivered: 2, failed: 1, ended: 1, open: 2 });
    await log().settle(
      deltaOf('a', bench.epoch, { cursor: 11, put: [sideRow(5, 'retrying', 900, 2)], remove: [{ seq: 6, gen: 0 }], hold: [6] }),
    );
    expect(state()).toMatchObject({ delivered: 2, failed: 1, ended: 2, open: 1 });
    await log().settle(deltaOf('a', bench.epoch, { cursor: 11, remove: [{ seq: 5, gen: 0 }], terminal: { accepted: [5] } }));
    expect(state()).toMatchObject({ delivered: 3, open: 0 });
    expect((await bench.ledger()).violations).toEqual([]);
  });

  it('counts a row to the replay that gave it last', async () => {
    await log().settle(deltaOf('a', bench.epoch, { cursor: 11, put: [dead(1)] }));
    await log().replaying.openReplay('a', bench.epoch, 'later');
    await log().replaying.give('a', bench.epoch, step([1], { id: 'later' }));
    await log().settle(deltaOf('a', bench.epoch, { cursor: 11, remove: [{ seq: 1, gen: 0 }], terminal: { confirmed: [1] } }));
    expect(state()).toMatchObject({ failed: 1, delivered: 0, open: 5 });
    expect(
      log()
        .replaying.replays('a')
        .find(({ id }) => id === 'later'),
    ).toMatchObject({ given: 1, delivered: 1, open: 0 });
  });

  it('has nothing open where its destination is removed', async () => {
    await log().retire('a');
    expect(state()).toMatchObject({ given: 6, ended: 6, open: 0 });
    expect((await bench.ledger()).violations).toEqual([]);
  });
}

function fences(bench: Bench): void {
  it('are worked on by the owner of the lane alone', async () => {
    const { replaying } = bench.log;
    await replaying.openReplay('a', bench.epoch, 'r');
    await bench.log.open('a');
    const stale = { name: 'StaleEpoch' };
    await expect(replaying.openReplay('a', bench.epoch, 'other')).rejects.toMatchObject(stale);
    await expect(replaying.give('a', bench.epoch, step([1]))).rejects.toMatchObject(stale);
    await expect(replaying.discardDead('a', bench.epoch, [1])).rejects.toMatchObject(stale);
    await expect(replaying.beginEdit('a', bench.epoch, 1, 'copy')).rejects.toMatchObject(stale);
    await expect(replaying.endEdit('a', bench.epoch, 'copy', true)).rejects.toMatchObject(stale);
    expect(await bench.ledger()).toMatchObject({ dead: 6, retrying: 1, violations: [] });
  });
}

function lives(bench: Bench): void {
  const life = (seq: number) => bench.log.replaying.life('a', seq);
  it('says how it ended', async () => {
    expect(await life(9)).toEqual({ outcome: 'delivered', replays: [], child: null });
    expect(await life(10)).toMatchObject({ outcome: 'dropped' });
  });

  it('tells the replays that gave it anew, and how it ended at last', async () => {
    await bench.log.replaying.openReplay('a', bench.epoch, 'r');
    await bench.log.replaying.give('a', bench.epoch, step([10]));
    await bench.log.settle({
      ...deltaOf('a', bench.epoch, { cursor: 11, remove: [{ seq: 10, gen: 1 }] }),
      tally: { confirmed: tally(10, 1) },
    });
    expect(await life(10)).toEqual({ outcome: 'delivered', replays: [{ id: 'r', gen: 1 }], child: null });
    expect(await life(9)).toMatchObject({ replays: [] });
  });

  it('shows where a replayed event is, though it came before its destination', async () => {
    const ordinal = await bench.log.register('late');
    expect(ordinal).toBe(2);
    const { epoch } = await bench.log.open('late');
    await bench.log.replaying.openReplay('late', epoch, 'r');
    expect(await bench.log.replaying.give('late', epoch, step([2]))).toMatchObject({ minted: 1 });
    const [found] = await bench.log.find('m1');
    expect(found?.places.find(({ destination }) => destination === 'late')).toMatchObject({ state: 'retrying', row: { gen: 1 } });
    expect(await bench.log.ledger('late')).toMatchObject({ total: 0, replayed: 1, retrying: 1, violations: [] });
  });
}
