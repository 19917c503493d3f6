import { describe, expect, it } from 'vitest';
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import type { PersonalEvent } from '../erasing.ts';
import { appended, batchRequest, plain, readAll, sideRow, singleRequest } from '../testing/requests.ts';
import type { Bench } from './bench.ts';

const key = new Uint8Array(32).fill(7);
const keys = createPersonKeys(key);
const matchOf = (id: string, untilMs = Number.MAX_SAFE_INTEGER) => ({ key, people: [{ person: keys.keyOf(id), untilMs }] });

/** `ana-1` is Ana's. */
const userOf = (messageId: string) => messageId.split('-')[0] ?? '';

async function found(bench: Bench, id: string): Promise<readonly PersonalEvent[]> {
  const events: PersonalEvent[] = [];
  for (let after = 0; ; ) {
    const page = await bench.log.personalEvents(matchOf(id), after);
    events.push(...page.events);
    after = page.through;
    if (page.isOver) return events;
  }
}

export function describeErasing(bench: Bench): void {
  const send = (ids: readonly string[], source = 'web') =>
    appended(bench.log, batchRequest(bench.log, ids, { route: bench.toA, source, userOf }));
  const sendOne = (id: string, more: object = {}) =>
    appended(bench.log, singleRequest(bench.log, id, { route: bench.toA, userOf, ...more }));

  describe('the events of a person', () => finding(bench, { send, sendOne }));
  describe('erasing a person', () => erasing(bench, { send, sendOne }));
  describe('what is owed of some events', () => owed(bench, send));
}

interface Senders {
  send(ids: readonly string[], source?: string): Promise<unknown>;
  sendOne(id: string, more?: object): Promise<unknown>;
}

function finding(bench: Bench, { send, sendOne }: Senders): void {
  it('are found in seq order, as they were sent', async () => {
    await send(['ana-1', 'bob-1', 'ana-2']);
    await sendOne('bob-2');
    await sendOne('ana-3', { source: 'app' });
    const events = await found(bench, 'ana');
    expect(events.map(({ seq, source }) => [seq, source])).toEqual([
      [1, 'web'],
      [3, 'web'],
      [5, 'app'],
    ]);
    expect(events.map(({ json }) => JSON.parse(json))).toMatchObject([
      { userId: 'ana', messageId: 'ana-1', context: { library: { name: 'test' } } },
      { userId: 'ana', messageId: 'ana-2' },
      { userId: 'ana', messageId: 'ana-3' },
    ]);
    expect(JSON.parse(events[0]?.json ?? '')).not.toHaveProperty('batch');
  });

  it('come in pages that go on behind a seq', async () => {
    await send(['ana-1', 'ana-2', 'ana-3']);
    const page = await bench.log.personalEvents(matchOf('ana'), 1);
    expect(page.events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(await bench.log.personalEvents(matchOf('ana'), 3)).toEqual({ events: [], through: 3, isOver: true });
  });

  it('are those of either id, and of the id that an alias names as former', async () => {
    const raw = (more: { readonly messageId: string; readonly [key: string]: unknown }) => ({ type: 'track', event: 'Viewed', ...more });
    const bodies = [
      raw({ messageId: 'm1', anonymousId: 'a-7' }),
      raw({ messageId: 'm2', userId: 12 }),
      { type: 'alias', messageId: 'm3', userId: 'new', previousId: 'a-7' },
      raw({ messageId: 'm4', userId: 'bob', properties: { friend: 'a-7' } }),
    ];
    for (const body of bodies) {
      const request = singleRequest(bench.log, body.messageId, { route: bench.toA });
      await appended(bench.log, { ...request, body: new Uint8Array(Buffer.from(JSON.stringify(body))) });
    }
    expect((await found(bench, 'a-7')).map(({ seq }) => seq)).toEqual([1, 3]);
    expect((await found(bench, '12')).map(({ seq }) => seq)).toEqual([2]);
  });

  it('are found by the hash that redaction made of an id', async () => {
    await appended(bench.log, singleRequest(bench.log, 'm1', { route: bench.toA, userOf: () => keys.keyOf('ana') }));
    expect(await found(bench, 'ana')).toHaveLength(1);
  });

  it('are none where nothing is stored', async () => {
    expect(await bench.log.personalEvents(matchOf('ana'), 0)).toMatchObject({ events: [], isOver: true });
  });
}

function erasing(bench: Bench, { send, sendOne }: Senders): void {
  it('leaves of an event its seq, arrival, route, type and size, marked as suppressed', async () => {
    await send(['ana-1', 'bob-1']);
    await sendOne('ana-2');
    const before = await readAll(bench.log, 'a', 0);
    expect(await bench.log.erase(matchOf('ana'))).toEqual({ events: 2 });
    const after = await readAll(bench.log, 'a', 0);
    expect(after[1]).toEqual(before[1]);
    for (const at of [0, 2]) {
      const [was, is] = [before[at], after[at]] as const;
      expect(is).toEqual({ ...was, messageId: '', event: is?.event });
      const event = is?.event;
      expect(event).toMatchObject({ messageId: '', type: 'track', userId: null, anonymousId: null, properties: {}, context: {} });
      expect(event?.provenance).toEqual({ suppressed: 'deletion' });
    }
    expect(await found(bench, 'ana')).toEqual([]);
    expect(await found(bench, 'bob')).toHaveLength(1);
  });

  it('shows the same to a lane at the head, to one that lags, and to one that asks for certain events', async () => {
    await send(['ana-1', 'bob-1', 'ana-2']);
    await bench.log.erase(matchOf('ana'));
    const disk = (await readAll(bench.log, 'a', 0)).map(plain);
    const tail = bench.log.readTail('a', 0, { events: 10, bytes: 1e6 });
    if (tail !== 'evicted') expect(tail.records.map(plain)).toEqual(disk);
    expect((await bench.log.readSeqs('a', [1, 2, 3])).map(plain)).toEqual(disk);
  });

  it('leaves every ledger balanced, what waits included', async () => {
    await send(['ana-1', 'ana-2', 'ana-3', 'ana-4', 'bob-1']);
    await bench.settle({ cursor: 3, put: [sideRow(1, 'dead', 9)], hold: [2], terminal: { confirmed: [3] } });
    const before = { ledger: await bench.ledger(), backlog: bench.log.backlog('a') };
    await bench.log.erase(matchOf('ana'));
    expect({ ledger: await bench.ledger(), backlog: bench.log.backlog('a') }).toEqual(before);
    await bench.settle({
      cursor: 5,
      remove: [{ seq: 1, gen: 0 }],
      unhold: [2],
      terminal: { suppressed: [1, 2, 4], confirmed: [5] },
    });
    expect(await bench.ledger()).toMatchObject({ waiting: 0, dead: 0, held: 0, terminal: { suppressed: 3, confirmed: 2 }, violations: [] });
    expect(bench.log.backlog('a')).toEqual({ events: 0, bytes: 0, oldestAt: null });
  });

  it('spares what was received later', async () => {
    await sendOne('ana-1');
    const until = bench.log.now();
    bench.tick(1000);
    await sendOne('ana-2');
    expect(await bench.log.erase(matchOf('ana', until))).toEqual({ events: 1 });
    expect((await found(bench, 'ana')).map(({ seq }) => seq)).toEqual([2]);
  });

  it('forgets the message id, and still takes a resent event for a duplicate', async () => {
    await sendOne('ana-1');
    await bench.log.erase(matchOf('ana'));
    expect(await bench.log.find('ana-1')).toEqual([]);
    expect(await sendOne('ana-1')).toMatchObject({ seqs: [1], duplicate: 1, accepted: 0 });
    expect(await sendOne('ana-1', { source: 'app' })).toMatchObject({ accepted: 1 });
  });

  it('may be repeated, and finds nothing then', async () => {
    await send(['ana-1', 'bob-1']);
    await bench.log.erase(matchOf('ana'));
    expect(await bench.log.erase(matchOf('ana'))).toEqual({ events: 0 });
    expect(await bench.log.erase(matchOf('nobody'))).toEqual({ events: 0 });
  });

  it('takes an event that is sent again within another’s batch along', async () => {
    await sendOne('ana-1');
    await send(['ana-1', 'bob-1']);
    await bench.log.erase(matchOf('ana'));
    expect(await found(bench, 'ana')).toEqual([]);
    expect((await found(bench, 'bob')).map(({ json }) => json.includes('ana'))).toEqual([false]);
  });
}

function owed(bench: Bench, send: Senders['send']): void {
  it('is every row and held bit among them', async () => {
    await send(['ana-1', 'ana-2', 'ana-3', 'ana-4', 'ana-5']);
    await bench.settle({ cursor: 4, put: [sideRow(1, 'dead', 9), sideRow(2, 'retrying', 5)], hold: [3, 4] });
    await bench.settle({ cursor: 4, put: [{ ...sideRow(1, 'retrying', 3), gen: 1 }] });
    const { rows, held } = await bench.log.obligations('a', [1, 3, 5, 99]);
    expect(rows).toEqual([sideRow(1, 'dead', 9), { ...sideRow(1, 'retrying', 3), gen: 1 }]);
    expect(held).toEqual([3]);
    expect(await bench.log.obligations('b', [1, 3])).toEqual({ rows: [], held: [] });
  });
}
