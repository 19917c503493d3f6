import { describe, expect, it } from 'vitest';
import { appended, appendMany, batchRequest, plainPage, readAll, roomy, sideRow, singleRequest } from '../testing/requests.ts';
import type { Bench } from './bench.ts';

export function describeReading(bench: Bench): void {
  describe('reading', () => reading(bench));
  describe('find', () => finding(bench));
}

function reading(bench: Bench): void {
  it('gives a lane what is routed to it, and says how far it looked', async () => {
    await appended(
      bench.log,
      batchRequest(bench.log, ['m1', 'm2', 'm3', 'm4'], { route: bench.toA }, [bench.toNone, bench.toA, bench.toBoth, bench.toNone]),
    );
    const ofA = bench.log.readTail('a', 0, roomy);
    expect(ofA).toMatchObject({
      through: 4,
      records: [
        { seq: 2, messageId: 'm2' },
        { seq: 3, messageId: 'm3' },
      ],
    });
    expect(plainPage(await bench.log.readDisk('a', 0, roomy))).toEqual(plainPage(ofA));
    expect(await bench.log.readDisk('b', 0, roomy)).toMatchObject({ through: 4, records: [{ seq: 3 }] });
  });

  it('reads the same events from disk as it was given', async () => {
    const requests = [
      singleRequest(bench.log, 'm1', { route: bench.toA }),
      batchRequest(bench.log, ['m2', 'm3'], { route: bench.toA, source: 'app' }),
    ];
    for (const request of requests) await appended(bench.log, request);
    const given = requests.flatMap((request) => request.events.map((event) => event.event));
    const page = await bench.log.readDisk('a', 0, roomy);
    expect(page.records.map((record) => record.event)).toEqual(given);
    expect(page.records.map((record) => record.messageId)).toEqual(given.map((event) => event.messageId));
    expect(plainPage(page)).toEqual(plainPage(bench.log.readTail('a', 0, roomy)));
  });

  it('keeps to the limits, but gives at least one event', async () => {
    await appendMany(bench.log, bench.toA, 10);
    for (const read of [
      async (limit: typeof roomy) => bench.log.readTail('a', 2, limit),
      (limit: typeof roomy) => bench.log.readDisk('a', 2, limit),
    ]) {
      expect(await read({ events: 3, bytes: 1e6 })).toMatchObject({ through: 5, records: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] });
      expect(await read({ events: 10, bytes: 1 })).toMatchObject({ through: 3, records: [{ seq: 3 }] });
    }
  });

  it('answers a reader at the head with nothing', async () => {
    await appendMany(bench.log, bench.toA, 3);
    expect(bench.log.readTail('a', 3, roomy)).toEqual({ records: [], through: 3 });
    expect(await bench.log.readDisk('a', 3, roomy)).toEqual({ records: [], through: 3 });
  });

  it('says evicted where the tail no longer reaches, never a gap', async () => {
    await bench.setUp({ smallTail: true });
    for (let i = 0; i < 5; i++) await appendMany(bench.log, bench.toA, 100, `m${i}-`);
    expect(bench.log.readTail('a', 0, roomy)).toBe('evicted');
    const last = bench.log.readTail('a', 499, roomy);
    expect(last).toMatchObject({ through: 500, records: [{ seq: 500 }] });
    const all = await readAll(bench.log, 'a', 0, { events: 64, bytes: 1e6 });
    expect(all.map((record) => record.seq)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });

  it('reads certain events in the order asked for, and leaves out what is missing', async () => {
    await bench.setUp({ smallTail: true });
    await appendMany(bench.log, bench.toA, 300);
    const records = await bench.log.readSeqs('a', [299, 2, 999, 150]);
    expect(records.map((record) => record.messageId)).toEqual(['m298', 'm1', 'm149']);
  });
}

function finding(bench: Bench): void {
  it('tells where an event is at every destination', async () => {
    await bench.log.open('b');
    await appended(
      bench.log,
      batchRequest(bench.log, ['m1', 'm2', 'm3', 'm4', 'm5'], { route: bench.toA }, [
        bench.toBoth,
        bench.toA,
        bench.toA,
        bench.toA,
        bench.toA,
      ]),
    );
    await bench.settle({ cursor: 4, put: [sideRow(2, 'dead', 9)], hold: [3], terminal: { confirmed: [1, 4] } });
    const places = async (id: string) => (await bench.log.find(id))[0]?.places.map(({ destination, state }) => `${destination} ${state}`);
    expect(await places('m1')).toEqual(['a settled', 'b waiting']);
    expect(await places('m2')).toEqual(['a dead', 'b filtered']);
    expect(await places('m3')).toEqual(['a held', 'b filtered']);
    expect(await places('m5')).toEqual(['a waiting', 'b filtered']);
    expect((await bench.log.find('m2'))[0]?.places[0]?.row).toEqual(sideRow(2, 'dead', 9));
    expect(await bench.log.find('nobody')).toEqual([]);
  });

  it('finds the event of each source, or of one', async () => {
    for (const source of ['web', 'app']) await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA, source }));
    expect((await bench.log.find('m1')).map(({ record }) => record.source)).toEqual(['web', 'app']);
    expect((await bench.log.find('m1', 'app')).map(({ record }) => record.seq)).toEqual([2]);
  });

  it('finds an event that the dedupe window has forgotten', async () => {
    await appended(bench.log, singleRequest(bench.log, 'old', { route: bench.toA }));
    bench.tick(3_600_000 + 60_000);
    await appendMany(bench.log, bench.toA, 10);
    expect((await bench.log.find('old')).map(({ record }) => record.seq)).toEqual([1]);
  });
}
