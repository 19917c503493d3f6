import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerWith, startVendor, type Vendor } from '#gateway/delivery/testing/vendor.ts';
import { openReplayRoom, type ReplayRoom, type RoomOptions } from './testing/replay-room.ts';

let vendor: Vendor;
let room: ReplayRoom;
let mayFail = false;

beforeEach(async () => {
  vendor = await startVendor();
  mayFail = false;
});
afterEach(async () => {
  await room.close();
  await vendor.close();
  expect(room.desk.bugs).toEqual([]);
  if (!mayFail) expect(room.problems).toEqual([]);
});

const all = { type: 'deadLetters' } as const;
const reason = 'the vendor is fixed';
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `m${from + index}`);

/** A room in which `m1` to `m<count>` were refused, and the vendor works again. */
async function refused(count: number, options: RoomOptions = {}): Promise<void> {
  room = await openReplayRoom(vendor.url, options);
  room.desk.switches();
  vendor.answer = answerWith(400);
  await room.desk.send(...ids(1, count));
  await room.desk.until((ledger) => ledger.dead === count);
  vendor.answer = answerWith(200);
  vendor.received.length = 0;
}

const stateOf = (id: string | null) => room.store.get('replay', id ?? '')?.value?.state;
const readingOf = async (id: string | null) =>
  (await room.must('replay.list', {})).replays.find(({ reading }) => reading.id === id)?.reading;
const park = { scope: { type: 'destination', destination: 'hook' }, mode: 'park' } as const;

describe('a replay of dead letters', () => {
  it('sends each once more and says what came of it', async () => {
    await refused(30);
    const { id, preview } = await room.must('replay.start', { destination: 'hook', selection: all, pacePerSecond: 5000, reason });
    expect(preview).toMatchObject({
      selected: 30,
      dead: 30,
      leftAlone: 0,
      tooOld: 0,
      duplicates: { dedupe: 'event', mayHave: 0, atRisk: 0 },
    });
    await room.steps(() => stateOf(id) === 'done');
    expect(vendor.received.toSorted()).toEqual(ids(1, 30).toSorted());
    expect(await readingOf(id)).toMatchObject({
      state: 'done',
      selected: 30,
      counts: { given: 30, skipped: 0, delivered: 30, failed: 0, ended: 0, open: 0 },
    });
    expect(await room.desk.ledger()).toMatchObject({ dead: 0, replayed: 0, terminal: { confirmed: 30 }, violations: [] });
    expect(room.store.audit(null, 1)[0]).toMatchObject({
      by: 'system',
      action: 'replay.done',
      reason: '30 given anew, 30 delivered, 0 dead again',
    });
  });

  it('counts what dies again, and does not replay that for ever', async () => {
    await refused(5);
    vendor.answer = (request, response) => void response.writeHead(request.headers['webhook-id'] === 'm3' ? 400 : 200).end();
    const { id } = await room.must('replay.start', { destination: 'hook', selection: all, pacePerSecond: 5000, reason });
    await room.steps(() => stateOf(id) === 'done');
    expect((await readingOf(id))?.counts).toMatchObject({ given: 5, delivered: 4, failed: 1 });
    expect(await room.desk.ledger()).toMatchObject({ dead: 1, violations: [] });
    const { letters } = await room.must('deadLetter.search', { destination: 'hook' });
    expect(letters).toMatchObject([{ messageId: 'm3', attempts: 1, class: 'rejected', name: 'Order' }]);
  });

  it('takes only those that fit', async () => {
    await refused(3);
    vendor.answer = answerWith(400);
    await room.desk.sendNamed('Refund', 'r1', 'r2');
    await room.desk.until((ledger) => ledger.dead === 5);
    vendor.answer = answerWith(200);
    vendor.received.length = 0;
    const { id } = await room.must('replay.start', {
      destination: 'hook',
      selection: { ...all, filter: { name: 'Refund' } },
      pacePerSecond: 5000,
      reason,
    });
    await room.steps(() => stateOf(id) === 'done');
    expect(vendor.received.toSorted()).toEqual(['r1', 'r2']);
    expect(await room.desk.ledger()).toMatchObject({ dead: 3, violations: [] });
  });

  it('waits while its lane is parked, and goes on when it is opened', async () => {
    await refused(10);
    room.desk.switches(park);
    const { id } = await room.must('replay.start', { destination: 'hook', selection: all, pacePerSecond: 5000, reason });
    await room.steps(async () => (await readingOf(id))?.waitsFor !== '');
    expect(await readingOf(id)).toMatchObject({ state: 'running', waitsFor: expect.stringContaining('parked'), counts: { given: 0 } });
    expect(vendor.received).toEqual([]);
    room.desk.switches();
    await room.steps(() => stateOf(id) === 'done');
    expect(vendor.received).toHaveLength(10);
  });

  it('sends nothing that consent forbids', async () => {
    let isForbidden = false;
    await refused(4, { gate: ({ messageId }) => isForbidden && messageId === 'm2' });
    isForbidden = true;
    const dry = await room.must('replay.start', { destination: 'hook', selection: all, dryRun: true });
    expect(dry).toMatchObject({ id: null, preview: { today: { lookedAt: 4, suppressed: 1, held: 0, dropped: 0 } } });
    const { id } = await room.must('replay.start', { destination: 'hook', selection: all, pacePerSecond: 5000, reason });
    await room.steps(() => stateOf(id) === 'done');
    expect(vendor.received.toSorted()).toEqual(['m1', 'm3', 'm4']);
    expect((await readingOf(id))?.counts).toMatchObject({ delivered: 3, ended: 1 });
    expect(await room.desk.ledger()).toMatchObject({ terminal: { suppressed: 1, confirmed: 3 }, violations: [] });
  });
});

describe('steering a replay', () => {
  it('pauses at once, resumes where it was, at another pace', async () => {
    await refused(60);
    const { id } = await room.must('replay.start', { destination: 'hook', selection: all, pacePerSecond: 200, reason });
    await room.steps(async () => ((await readingOf(id))?.counts.given ?? 0) > 10);
    await room.must('replay.pause', { id: id ?? '' });
    const paused = (await readingOf(id))?.counts.given;
    expect(paused).toBeLessThan(60);
    for (let turn = 0; turn < 20; turn++) await room.replays.tick();
    expect(await readingOf(id)).toMatchObject({ state: 'paused', counts: { given: paused } });
    await room.must('replay.resume', { id: id ?? '', pacePerSecond: 5000 });
    await room.steps(() => stateOf(id) === 'done');
    expect(await readingOf(id)).toMatchObject({ pacePerSecond: 5000, counts: { given: 60, delivered: 60 } });
    expect(vendor.received).toHaveLength(60);
  });

  it('cancelled, leaves the rest dead; what was given is delivered', async () => {
    await refused(60);
    const { id } = await room.must('replay.start', { destination: 'hook', selection: all, pacePerSecond: 200, reason });
    await room.steps(async () => ((await readingOf(id))?.counts.given ?? 0) > 10);
    await room.must('replay.cancel', { id: id ?? '' });
    const given = (await readingOf(id))?.counts.given ?? 0;
    const ledger = await room.desk.until((each) => each.retrying === 0 && each.terminal.confirmed === given);
    expect(ledger).toMatchObject({ dead: 60 - given, violations: [] });
    expect(await room.call('replay.resume', { id: id ?? '' })).toMatchObject({ error: { code: 'REPLAY_ENDED' } });
    expect(await room.call('replay.cancel', { id: 'r-none' })).toMatchObject({ error: { code: 'DOCUMENT_NOT_FOUND' } });
  });

  it('needs a reason, something to replay, and a destination that runs', async () => {
    await refused(1);
    expect(await room.call('replay.start', { destination: 'hook', selection: all })).toMatchObject({ error: { code: 'REASON_REQUIRED' } });
    const none = { ...all, filter: { class: 'timeout' } };
    expect(await room.call('replay.start', { destination: 'hook', selection: none, reason })).toMatchObject({
      error: { code: 'REPLAY_EMPTY' },
    });
    expect(await room.call('replay.start', { destination: 'no-such', selection: all, reason })).toMatchObject({
      error: { code: 'DOCUMENT_NOT_FOUND' },
    });
    const personal = { ...all, filter: { text: 'ada@example.com' } };
    expect(await room.call('replay.start', { destination: 'hook', selection: personal, reason })).toMatchObject({
      error: { code: 'INPUT_INVALID' },
    });
  });

  it('started twice by the same command, runs once', async () => {
    await refused(3);
    const input = { destination: 'hook', selection: all, pacePerSecond: 5000, reason };
    const [first, second] = [await room.call('replay.start', input, 'command-1'), await room.call('replay.start', input, 'command-1')];
    expect(first.ok && second.ok && first.value.id === second.value.id).toBe(true);
    expect(room.store.list('replay')).toHaveLength(1);
  });

  it('fails where its destination is removed', async () => {
    await refused(3);
    room.desk.switches(park);
    const { id } = await room.must('replay.start', { destination: 'hook', selection: all, reason });
    room.store.commit([{ kind: 'destination', id: 'hook', value: null }], {
      by: 'test',
      action: 'x',
      target: '',
      reason: '',
      commandId: null,
    });
    await room.steps(() => stateOf(id) === 'failed');
    expect(room.store.get('replay', id ?? '')?.value).toMatchObject({ detail: 'its destination was removed' });
  });

  it('tells subscribers where it stands, and once more when it has ended', async () => {
    await refused(5);
    const told: string[] = [];
    room.replays.subscribe((readings) => told.push(...readings.map(({ state }) => state)));
    const { id } = await room.must('replay.start', { destination: 'hook', selection: all, pacePerSecond: 5000, reason });
    room.replays.everySecond();
    await room.steps(() => stateOf(id) === 'done');
    room.replays.everySecond();
    room.replays.everySecond();
    expect(told).toEqual(['running', 'done']);
  });
});

describe('a replay of what was delivered', () => {
  async function delivered(count: number, options: RoomOptions = {}): Promise<void> {
    room = await openReplayRoom(vendor.url, options);
    room.desk.switches();
    await room.desk.send(...ids(1, count));
    await room.desk.until((ledger) => ledger.terminal.confirmed === count && ledger.waiting === 0);
    vendor.received.length = 0;
  }

  it('gives a range anew, under its own generation, and says that the vendor has it', async () => {
    await delivered(8);
    const selection = { type: 'range', fromSeq: 3, throughSeq: 6 } as const;
    const { id, preview } = await room.must('replay.start', { destination: 'hook', selection, pacePerSecond: 5000, reason });
    expect(preview).toMatchObject({ selected: 4, dead: 0, duplicates: { mayHave: 4, atRisk: 0 } });
    await room.steps(() => stateOf(id) === 'done');
    expect(vendor.received.toSorted()).toEqual(ids(3, 6));
    expect(await room.desk.ledger()).toMatchObject({ replayed: 4, terminal: { confirmed: 12 }, violations: [] });
  });

  it('gives certain events anew, by message id', async () => {
    await delivered(4);
    const selection = { type: 'messages' as const, messageIds: ['m4', 'm2'] };
    const { id } = await room.must('replay.start', { destination: 'hook', selection, pacePerSecond: 5000, reason });
    await room.steps(() => stateOf(id) === 'done');
    expect(vendor.received.toSorted()).toEqual(['m2', 'm4']);
    const unknown = { type: 'messages' as const, messageIds: ['nobody'] };
    expect(await room.call('replay.start', { destination: 'hook', selection: unknown, reason })).toMatchObject({
      error: { code: 'EVENT_NOT_FOUND' },
    });
  });

  it('leaves what a narrow switch holds a retrying row, and sends it when it is opened', async () => {
    await delivered(2);
    room.desk.switches({ scope: { type: 'event', event: 'Order' }, mode: 'park' });
    const selection = { type: 'range' } as const;
    const { id } = await room.must('replay.start', { destination: 'hook', selection, pacePerSecond: 5000, reason });
    await room.steps(async () => ((await readingOf(id))?.counts.given ?? 0) === 2);
    await room.desk.until((ledger) => ledger.retrying === 2);
    expect(await room.desk.ledger()).toMatchObject({ held: 0, replayed: 2, violations: [] });
    expect(vendor.received).toEqual([]);
  });

  it('reaches events that were never sent here, where today’s filters take them', async () => {
    await delivered(1, { wants: (name) => name === 'Order' });
    const toNobody = room.log.route([]);
    const raw = ['Order', 'Refund'].map((event, index) => ({ type: 'track', messageId: `n${index}`, event, userId: 'u', properties: {} }));
    const { toGatewayEvent } = await import('#gateway/pipeline/to-event.ts');
    const events = raw.map((each, element) => ({
      messageId: each.messageId,
      type: 'track' as const,
      route: toNobody,
      element,
      event: toGatewayEvent(each, { source: 'web', receivedAt: room.log.now(), type: 'track' }),
    }));
    await room.log.append({ source: 'web', receivedAt: room.log.now(), body: Buffer.from(JSON.stringify({ batch: raw })), events });
    await room.desk.until((ledger) => ledger.cursor === 3);
    const selection = { type: 'range', fromSeq: 2, includeFiltered: true } as const;
    const { id } = await room.must('replay.start', { destination: 'hook', selection, pacePerSecond: 5000, reason });
    await room.steps(() => stateOf(id) === 'done');
    expect(vendor.received).toEqual(['n0']);
    expect(await room.desk.ledger()).toMatchObject({ filtered: 2, replayed: 1, violations: [] });
  });
});
