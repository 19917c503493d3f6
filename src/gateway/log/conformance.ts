/**
 * What every driver of the event log holds to. A driver's test file calls `describeEventLog`. What only a durable
 * driver can show (crash, full disk, damaged files) stands beside that driver.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addMember } from './digest.ts';
import type { EventLog } from './event-log.ts';
import {
  appended,
  appendMany,
  batchRequest,
  deltaOf,
  plainPage,
  readAll,
  roomy,
  type Settling,
  sideRow,
  singleRequest,
} from './testing/requests.ts';

export interface Subject {
  readonly log: EventLog;
  dispose(): Promise<void>;
}

export interface SubjectOptions {
  /** Wall clock, epoch ms. */
  readonly now: () => number;
  readonly dedupeWindowMs: number;
  /** The shared tail holds only about a hundred small events. */
  readonly smallTail: boolean;
}

export type MakeSubject = (options: SubjectOptions) => Promise<Subject>;

const start = 1_795_000_000_000;

export function describeEventLog(name: string, make: MakeSubject): void {
  describe(`event log: ${name}`, () => {
    let subject: Subject;
    let log: EventLog;
    let now = start;
    /** Ordinals and epochs of the destinations `a` and `b`. */
    let toA = 0;
    let toBoth = 0;
    let toNone = 0;
    let epoch = 0;

    async function setUp(options: Partial<SubjectOptions> = {}): Promise<void> {
      await subject?.dispose();
      now = start;
      subject = await make({ now: () => now, dedupeWindowMs: 3_600_000, smallTail: false, ...options });
      log = subject.log;
      const a = await log.register('a');
      const b = await log.register('b');
      toA = log.route([a]);
      toBoth = log.route([b, a]);
      toNone = log.route([]);
      epoch = (await log.open('a')).epoch;
    }

    const settle = (settling: Settling) => log.settle(deltaOf('a', epoch, settling));
    const ledger = () => log.ledger('a');

    beforeEach(() => setUp());
    afterEach(() => subject.dispose());

    describe('append', () => {
      it('gives out contiguous seqs from 1 and makes them visible when it answers', async () => {
        expect(log.head()).toBe(0);
        const first = await appended(log, singleRequest(log, 'm1', { route: toA }));
        const second = await appended(log, batchRequest(log, ['m2', 'm3'], { route: toA }));
        expect([first.seqs, second.seqs]).toEqual([[1], [2, 3]]);
        expect(log.head()).toBe(3);
        expect(log.readTail('a', 0, roomy)).toMatchObject({ through: 3, records: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] });
      });

      it('gives each concurrent request a seq of its own', async () => {
        const ids = Array.from({ length: 200 }, (_, i) => `m${i}`);
        const answers = await Promise.all(ids.map((id, i) => appended(log, singleRequest(log, id, { route: toA, source: `s${i % 3}` }))));
        const seqs = answers.flatMap((answer) => answer.seqs);
        expect(new Set(seqs).size).toBe(200);
        expect(Math.max(...seqs)).toBe(200);
        expect(log.head()).toBe(200);
      });

      it('tells watchers the new head, and stops when they leave', async () => {
        const heads: number[] = [];
        const unwatch = log.watch((head) => heads.push(head));
        await appendMany(log, toA, 3);
        await Promise.resolve();
        unwatch();
        await appendMany(log, toA, 2, 'other');
        expect(heads).toEqual([3]);
      });

      it('takes a request without events', async () => {
        expect(await appended(log, batchRequest(log, [], { route: toA }))).toEqual({ seqs: [], accepted: 0, duplicate: 0 });
        expect(log.head()).toBe(0);
      });
    });

    describe('duplicates', () => {
      it('answers a repeated message id with the seq of the first', async () => {
        await appended(log, singleRequest(log, 'm1', { route: toA }));
        expect(await appended(log, singleRequest(log, 'm1', { route: toA }))).toEqual({ seqs: [1], accepted: 0, duplicate: 1 });
        expect(log.head()).toBe(1);
      });

      it('finds them in one request, and between requests that arrive together', async () => {
        const [first, second] = await Promise.all([
          appended(log, batchRequest(log, ['m1', 'm2', 'm1'], { route: toA })),
          appended(log, batchRequest(log, ['m2', 'm3'], { route: toA })),
        ]);
        expect(first).toEqual({ seqs: [1, 2, 1], accepted: 2, duplicate: 1 });
        expect(second).toEqual({ seqs: [2, 3], accepted: 1, duplicate: 1 });
      });

      it('counts the same id of another source as another event', async () => {
        await appended(log, singleRequest(log, 'm1', { route: toA, source: 'web' }));
        expect((await appended(log, singleRequest(log, 'm1', { route: toA, source: 'app' }))).accepted).toBe(1);
      });

      it('finds those that left the tail long ago', async () => {
        await setUp({ smallTail: true });
        await appendMany(log, toA, 400);
        expect(await appended(log, batchRequest(log, ['m0', 'new', 'm399'], { route: toA }))).toEqual({
          seqs: [1, 401, 400],
          accepted: 1,
          duplicate: 2,
        });
      });

      it('takes an id as new once the window has passed', async () => {
        await appended(log, singleRequest(log, 'm1', { route: toA }));
        now += 3_600_000 + 60_000;
        expect((await appended(log, singleRequest(log, 'm1', { route: toA }))).seqs).toEqual([2]);
      });

      it('gives the bytes of a body to the events that are stored of it', async () => {
        await appended(log, singleRequest(log, 'm1', { route: toA }));
        const request = batchRequest(log, ['m1', 'm2', 'm3', 'm4'], { route: toA });
        await appended(log, request);
        const { records } = await log.readDisk('a', 1, roomy);
        expect(records.map((record) => record.messageId)).toEqual(['m2', 'm3', 'm4']);
        expect(records.reduce((sum, record) => sum + record.bytes, 0)).toBe(request.body.length);
      });
    });

    describe('reading', () => {
      it('gives a lane what is routed to it, and says how far it looked', async () => {
        await appended(log, batchRequest(log, ['m1', 'm2', 'm3', 'm4'], { route: toA }, [toNone, toA, toBoth, toNone]));
        const ofA = log.readTail('a', 0, roomy);
        expect(ofA).toMatchObject({
          through: 4,
          records: [
            { seq: 2, messageId: 'm2' },
            { seq: 3, messageId: 'm3' },
          ],
        });
        expect(plainPage(await log.readDisk('a', 0, roomy))).toEqual(plainPage(ofA));
        expect(await log.readDisk('b', 0, roomy)).toMatchObject({ through: 4, records: [{ seq: 3 }] });
      });

      it('reads the same events from disk as it was given', async () => {
        const requests = [singleRequest(log, 'm1', { route: toA }), batchRequest(log, ['m2', 'm3'], { route: toA, source: 'app' })];
        for (const request of requests) await appended(log, request);
        const given = requests.flatMap((request) => request.events.map((event) => event.event));
        const page = await log.readDisk('a', 0, roomy);
        expect(page.records.map((record) => record.event)).toEqual(given);
        expect(page.records.map((record) => record.messageId)).toEqual(given.map((event) => event.messageId));
        expect(plainPage(page)).toEqual(plainPage(log.readTail('a', 0, roomy)));
      });

      it('keeps to the limits, but gives at least one event', async () => {
        await appendMany(log, toA, 10);
        for (const read of [
          async (limit: typeof roomy) => log.readTail('a', 2, limit),
          (limit: typeof roomy) => log.readDisk('a', 2, limit),
        ]) {
          expect(await read({ events: 3, bytes: 1e6 })).toMatchObject({ through: 5, records: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] });
          expect(await read({ events: 10, bytes: 1 })).toMatchObject({ through: 3, records: [{ seq: 3 }] });
        }
      });

      it('answers a reader at the head with nothing', async () => {
        await appendMany(log, toA, 3);
        expect(log.readTail('a', 3, roomy)).toEqual({ records: [], through: 3 });
        expect(await log.readDisk('a', 3, roomy)).toEqual({ records: [], through: 3 });
      });

      it('says evicted where the tail no longer reaches, never a gap', async () => {
        await setUp({ smallTail: true });
        for (let i = 0; i < 5; i++) await appendMany(log, toA, 100, `m${i}-`);
        expect(log.readTail('a', 0, roomy)).toBe('evicted');
        const last = log.readTail('a', 499, roomy);
        expect(last).toMatchObject({ through: 500, records: [{ seq: 500 }] });
        const all = await readAll(log, 'a', 0, { events: 64, bytes: 1e6 });
        expect(all.map((record) => record.seq)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
      });

      it('reads certain events in the order asked for, and leaves out what is missing', async () => {
        await setUp({ smallTail: true });
        await appendMany(log, toA, 300);
        const records = await log.readSeqs('a', [299, 2, 999, 150]);
        expect(records.map((record) => record.messageId)).toEqual(['m298', 'm1', 'm149']);
      });
    });

    describe('destinations', () => {
      it('are born at the head and keep their ordinal', async () => {
        await appendMany(log, toA, 5);
        const ordinal = await log.register('late');
        expect(await log.register('late')).toBe(ordinal);
        expect(await log.open('late')).toMatchObject({ cursor: 5, epoch: 1 });
        expect(await log.ledger('late')).toMatchObject({ total: 0, filtered: 0, waiting: 0, violations: [] });
      });

      it('drop all their obligations when retired, and are born anew under another ordinal', async () => {
        const first = await log.register('a');
        await appendMany(log, toA, 6);
        await settle({ cursor: 4, put: [sideRow(1, 'retrying'), sideRow(2, 'dead')], hold: [3], terminal: { confirmed: [4] } });
        await log.retire('a');
        expect(await ledger()).toMatchObject({
          total: 6,
          waiting: 0,
          held: 0,
          retrying: 0,
          dead: 0,
          terminal: { confirmed: 1, dropped: 5 },
          violations: [],
        });
        await appendMany(log, toBoth, 2, 'after');
        expect(await ledger()).toMatchObject({ total: 6, head: 6, violations: [] });
        expect(await log.register('a')).toBeGreaterThan(first);
        expect(await ledger()).toMatchObject({ total: 0, waiting: 0, violations: [] });
        expect(await log.ledger('b')).toMatchObject({ total: 8, waiting: 2, filtered: 6, violations: [] });
      });

      it('refuse a settle of the owner before', async () => {
        await appendMany(log, toA, 2);
        const { epoch: newer } = await log.open('a');
        await expect(settle({ cursor: 1, terminal: { confirmed: [1] } })).rejects.toMatchObject({ name: 'StaleEpoch' });
        await log.settle(deltaOf('a', newer, { cursor: 1, terminal: { confirmed: [1] } }));
        expect(await log.open('a')).toMatchObject({ cursor: 1, epoch: newer + 1 });
      });
    });

    describe('settle', () => {
      beforeEach(async () => {
        await appended(log, batchRequest(log, ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'], { route: toA }, [toA, toNone, toA, toA, toA, toA]));
      });

      it('moves the cursor and counts', async () => {
        await settle({ cursor: 4, terminal: { confirmed: [1], accepted: [3], dropped: [4] } });
        expect(await ledger()).toEqual({
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
        await settle({ cursor: 6, put: [sideRow(1, 'retrying', 500), sideRow(3, 'dead', 7)], hold: [4, 5], terminal: { confirmed: [6] } });
        expect(await log.open('a')).toEqual({ epoch: epoch + 1, cursor: 6, held: 2, retrying: 1, dead: 1, nextRetryAt: 500 });
        expect(await log.dueRetries('a', 500, 10)).toEqual([sideRow(1, 'retrying', 500)]);
        expect(await log.heldSeqs('a', 0, 10)).toEqual([4, 5]);
        expect(await log.deadLetters('a', 0, 10)).toMatchObject({
          total: 1,
          rows: [{ row: sideRow(3, 'dead', 7), record: { seq: 3, messageId: 'm3' } }],
        });
        expect(await ledger()).toMatchObject({ held: 2, retrying: 1, dead: 1, violations: [] });
      });

      it('takes up rows and held events again', async () => {
        await settle({
          cursor: 6,
          put: [sideRow(1, 'retrying', 500), sideRow(3, 'retrying', 400)],
          hold: [4, 5],
          terminal: { confirmed: [6] },
        });
        await settle({
          cursor: 6,
          put: [sideRow(1, 'dead', 600, 2)],
          remove: [{ seq: 3, gen: 0 }],
          unhold: [5],
          terminal: { confirmed: [3, 5] },
        });
        expect(await ledger()).toMatchObject({ held: 1, retrying: 0, dead: 1, terminal: { confirmed: 3 }, violations: [] });
        await settle({ cursor: 6, put: [sideRow(4, 'retrying', 1)], unhold: [4] });
        await settle({ cursor: 6, hold: [4], remove: [{ seq: 4, gen: 0 }] });
        expect(await ledger()).toMatchObject({ held: 1, retrying: 0, dead: 1, violations: [] });
        expect(await log.nextRetryAt('a')).toBeNull();
      });

      it('counts a row of a later generation as replayed', async () => {
        await settle({ cursor: 6, terminal: { confirmed: [1, 3, 4, 5, 6] } });
        await settle({ cursor: 6, put: [{ ...sideRow(2, 'retrying'), gen: 1 }] });
        expect(await ledger()).toMatchObject({ replayed: 1, retrying: 1, violations: [] });
        const digest = { hi: 0, lo: 0 };
        addMember(digest, 2, 1);
        await log.settle({
          ...deltaOf('a', epoch, { cursor: 6, remove: [{ seq: 2, gen: 1 }] }),
          tally: { confirmed: { count: 1, digest } },
        });
        expect(await ledger()).toMatchObject({ replayed: 1, retrying: 0, terminal: { confirmed: 6 }, violations: [] });
      });

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
        await expect(settle(settling)).rejects.toMatchObject({ name: 'SettleRefused' });
        expect(await ledger()).toMatchObject({ cursor: 0, waiting: 5, held: 0, retrying: 0, terminal: { confirmed: 0 }, violations: [] });
      });

      it('is refused where the cursor would fall', async () => {
        await settle({ cursor: 4, terminal: { confirmed: [1, 3, 4] } });
        await expect(settle({ cursor: 3 })).rejects.toMatchObject({ name: 'SettleRefused' });
      });

      it('is refused where a counter would fall', async () => {
        await settle({ cursor: 4, terminal: { confirmed: [1, 3, 4] } });
        const delta = { ...deltaOf('a', epoch, { cursor: 4 }), tally: { confirmed: { count: -1, digest: { hi: 0, lo: 0 } } } };
        await expect(log.settle(delta)).rejects.toMatchObject({ name: 'SettleRefused' });
      });
    });

    describe('side rows', () => {
      it('come due in order', async () => {
        await appendMany(log, toA, 5);
        await settle({ cursor: 5, put: [5, 1, 4, 2, 3].map((seq) => sideRow(seq, 'retrying', seq * 100)) });
        expect(await log.nextRetryAt('a')).toBe(100);
        expect((await log.dueRetries('a', 350, 10)).map((row) => row.seq)).toEqual([1, 2, 3]);
        expect((await log.dueRetries('a', 350, 2)).map((row) => row.seq)).toEqual([1, 2]);
        expect(await log.dueRetries('a', 99, 10)).toEqual([]);
      });

      it('page through dead letters by seq', async () => {
        await appendMany(log, toA, 7);
        await settle({ cursor: 7, put: [1, 2, 3, 4, 5, 6, 7].map((seq) => sideRow(seq, 'dead', seq)) });
        const first = await log.deadLetters('a', 0, 3);
        const second = await log.deadLetters('a', 3, 10);
        expect(first.total).toBe(7);
        expect([...first.rows, ...second.rows].map(({ row, record }) => [row.seq, record?.messageId])).toEqual(
          [1, 2, 3, 4, 5, 6, 7].map((seq) => [seq, `m${seq - 1}`]),
        );
      });

      it('page through held events over blocks', async () => {
        const seqs = await appendMany(log, toA, 9000);
        await settle({
          cursor: 9000,
          hold: seqs.filter((seq) => seq % 2 === 0),
          terminal: { confirmed: seqs.filter((seq) => seq % 2 === 1) },
        });
        expect(await log.heldSeqs('a', 4090, 5)).toEqual([4092, 4094, 4096, 4098, 4100]);
        expect(await log.heldSeqs('a', 8998, 5)).toEqual([9000]);
        expect(await log.heldSeqs('a', 9000, 5)).toEqual([]);
        expect(await ledger()).toMatchObject({ held: 4500, terminal: { confirmed: 4500 }, violations: [] });
      });
    });

    describe('backlog', () => {
      it('is what waits above the cursor', async () => {
        expect(log.backlog('a')).toEqual({ events: 0, bytes: 0, oldestAt: null });
        const first = singleRequest(log, 'm1', { route: toA });
        now += 1000;
        const second = singleRequest(log, 'm2', { route: toA });
        await appended(log, first);
        await appended(log, singleRequest(log, 'other', { route: toNone }));
        await appended(log, second);
        expect(log.backlog('a')).toEqual({ events: 2, bytes: first.body.length + second.body.length, oldestAt: start });
        expect(log.backlog('b')).toEqual({ events: 0, bytes: 0, oldestAt: null });
        await settle({ cursor: 1, put: [sideRow(1, 'retrying')] });
        expect(log.backlog('a')).toEqual({ events: 1, bytes: second.body.length, oldestAt: start + 1000 });
        await settle({ cursor: 3, terminal: { confirmed: [3] } });
        expect(log.backlog('a')).toEqual({ events: 0, bytes: 0, oldestAt: null });
      });
    });

    describe('find', () => {
      it('tells where an event is at every destination', async () => {
        await log.open('b');
        await appended(log, batchRequest(log, ['m1', 'm2', 'm3', 'm4', 'm5'], { route: toA }, [toBoth, toA, toA, toA, toA]));
        await settle({ cursor: 4, put: [sideRow(2, 'dead', 9)], hold: [3], terminal: { confirmed: [1, 4] } });
        const places = async (id: string) => (await log.find(id))[0]?.places.map(({ destination, state }) => `${destination} ${state}`);
        expect(await places('m1')).toEqual(['a settled', 'b waiting']);
        expect(await places('m2')).toEqual(['a dead', 'b filtered']);
        expect(await places('m3')).toEqual(['a held', 'b filtered']);
        expect(await places('m5')).toEqual(['a waiting', 'b filtered']);
        expect((await log.find('m2'))[0]?.places[0]?.row).toEqual(sideRow(2, 'dead', 9));
        expect(await log.find('nobody')).toEqual([]);
      });

      it('finds the event of each source, or of one', async () => {
        for (const source of ['web', 'app']) await appended(log, singleRequest(log, 'm1', { route: toA, source }));
        expect((await log.find('m1')).map(({ record }) => record.source)).toEqual(['web', 'app']);
        expect((await log.find('m1', 'app')).map(({ record }) => record.seq)).toEqual([2]);
      });

      it('finds an event that the dedupe window has forgotten', async () => {
        await appended(log, singleRequest(log, 'old', { route: toA }));
        now += 3_600_000 + 60_000;
        await appendMany(log, toA, 10);
        expect((await log.find('old')).map(({ record }) => record.seq)).toEqual([1]);
      });
    });

    it('never lets its clock run backwards', () => {
      const before = log.now();
      now -= 3_600_000;
      expect(log.now()).toBeGreaterThanOrEqual(before);
      now += 7_200_000;
      expect(log.now()).toBe(now);
    });
  });
}
