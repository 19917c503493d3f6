import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppFailure, appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { call, codeOf, unwrap } from '#gateway/control/testing/control-room.ts';
import { appended, batchRequest, deltaOf, sideRow } from '#gateway/log/testing/requests.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { createErasingRoom, type ErasingRoom } from './testing/erasing-room.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const ana = { userId: 'ana@shop.example', anonymousId: 'device-7' };
const projectToken = '0123456789abcdef0123456789abcdef';

let room: ErasingRoom;
let simulator: Simulator;
beforeEach(async () => {
  simulator = await createSimulator();
  room = await createErasingRoom();
});
afterEach(async () => {
  await room.close();
  await simulator.close();
});

const addMixpanel = () =>
  room.addDestination(
    'mix',
    { connector: 'mixpanel', settings: { projectId: '1', erasure: { projectToken } }, endpoint: simulator.endpoint('mixpanel') },
    { username: 'robot', secret: 'hush hush', gdprToken: 'gdpr-token' },
  );
const addHook = (more: object = {}) =>
  room.addDestination(
    'hook',
    { settings: { sendErasures: true }, endpoint: `${simulator.endpoint('webhook')}`, ...more },
    { secret: 'c2VjcmV0' },
  );
const vendor = (id: string, destination: string) => room.get(id).destinations.find((entry) => entry.destination === destination);

describe('an erasure at vendors', () => {
  it('goes from requested over accepted to done, and then forgets who it was', async () => {
    await addMixpanel();
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'mix')).toMatchObject({ state: 'accepted', reference: 'task-1', attempts: 1 });
    expect(simulator.erased('mixpanel')).toEqual(['ana@shop.example', 'device-7']);
    expect(room.filesHold('ana@shop')).toBe(false);
    for (let asked = 0; asked < 3; asked++) await room.pass(6 * hour);
    expect(vendor(id, 'mix')).toMatchObject({ state: 'done', isConfirmed: true, detail: 'SUCCESS' });
    expect(room.get(id)).toMatchObject({ state: 'done', endedAt: room.control.clock.now });
  });

  it('holds no id in any document or audit entry', async () => {
    await addMixpanel();
    await addHook();
    await room.request(ana);
    await room.idle();
    const { store } = room.control;
    const written = JSON.stringify([
      store.list('erasure'),
      ...store.list('erasure').map(({ id }) => store.history('erasure', id, 100)),
      store.audit(null, 1000),
    ]);
    for (const text of ['ana', 'device-7']) expect(written).not.toContain(text);
  });

  it('is only as good as the vendor’s word: what merely took it is not confirmed', async () => {
    await addHook();
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'hook')).toMatchObject({ state: 'done', isConfirmed: false });
  });

  it('tells what to do by hand where there is no way to ask, and is done when somebody says so', async () => {
    await addHook({ settings: {} });
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'hook')).toMatchObject({ state: 'notOffered', suggestedAction: expect.stringContaining('by hand'), nextAt: null });
    expect(room.get(id).state).toBe('done');
    const settle = { dryRun: false, id, destination: 'hook' };
    unwrap(await room.handlers()['erasure.settle'](settle, call()));
    await room.idle();
    expect(vendor(id, 'hook')).toMatchObject({ state: 'done', isConfirmed: false, detail: 'done by hand, says ada' });
    expect(codeOf(await room.handlers()['erasure.settle'](settle, call()))).toBe('ERASURE_NOT_OPEN');
  });

  it('is tried again at growing distances, through restarts, until the vendor answers', async () => {
    await addHook();
    simulator.dial({ vendor: 'webhook', failure: '500' });
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'hook')).toMatchObject({ state: 'requested', attempts: 1, detail: 'HTTP 500' });
    await room.pass(30_000);
    expect(vendor(id, 'hook')?.attempts).toBe(1);
    await room.restart();
    await room.pass(31_000);
    expect(vendor(id, 'hook')?.attempts).toBe(2);
    simulator.dial({ vendor: 'webhook', failure: 'ok' });
    await room.restart();
    await room.pass(2 * minute);
    expect(vendor(id, 'hook')).toMatchObject({ state: 'done', attempts: 3 });
    expect(room.filesHold('ana@shop')).toBe(false);
  });

  it('obeys the vendor that asks for time', async () => {
    await addHook();
    simulator.dial({ vendor: 'webhook', failure: '429', retryAfterS: 600 });
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'hook')?.nextAt).toBe(room.control.clock.now + 600_000);
  });

  it('asks for attention where the vendor refuses, and asks again when told to', async () => {
    await addMixpanel();
    simulator.dial({ vendor: 'mixpanel', failure: '401' });
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'mix')).toMatchObject({ state: 'failed', suggestedAction: expect.stringContaining('GDPR token') });
    expect(room.get(id)).toMatchObject({ state: 'attention', endedAt: null });
    await room.restart();
    await room.pass(day);
    expect(vendor(id, 'mix')?.attempts).toBe(1);
    simulator.dial({ vendor: 'mixpanel', failure: 'ok' });
    unwrap(await room.handlers()['erasure.retry']({ dryRun: false, id }, call()));
    await room.idle();
    expect(vendor(id, 'mix')).toMatchObject({ state: 'accepted', attempts: 2 });
  });

  it('says which part of the credential is missing, and asks nobody', async () => {
    await room.addDestination(
      'mix',
      { connector: 'mixpanel', settings: { projectId: '1', erasure: { projectToken } }, endpoint: simulator.endpoint('mixpanel') },
      { username: 'robot', secret: 'hush hush' },
    );
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'mix')).toMatchObject({ state: 'failed', detail: expect.stringContaining('GDPR token') });
    expect(simulator.counters().mixpanel?.requests).toBe(0);
  });

  it('waits while the destination is stopped, without counting an attempt', async () => {
    await addHook();
    room.stopped.set('hook', 'parked by ada (destination hook)');
    const id = await room.request(ana);
    await room.idle();
    await room.pass(minute);
    expect(vendor(id, 'hook')).toMatchObject({ state: 'requested', attempts: 0, detail: 'waits: parked by ada (destination hook)' });
    expect(simulator.counters().webhook?.requests).toBe(0);
    room.stopped.clear();
    await room.pass(minute);
    expect(vendor(id, 'hook')?.state).toBe('done');
  });

  it('never takes the credential to another address than the one it is bound to', async () => {
    await addMixpanel();
    const elsewhere = { connector: 'mixpanel', settings: { projectId: '1', erasure: { projectToken } }, endpoint: 'http://127.0.0.1:9' };
    const { store, handlers } = room.control;
    const value = store.get('destination', 'mix')?.value;
    if (!value) throw new Error('no destination');
    unwrap(await handlers['destination.put']({ dryRun: false, id: 'mix', value: { ...value, ...elsewhere } }, call()));
    const id = await room.request(ana);
    await room.idle();
    expect(vendor(id, 'mix')).toMatchObject({ state: 'failed', suggestedAction: expect.stringContaining('Bind') });
    expect(simulator.counters().mixpanel?.requests).toBe(0);
  });

  it('gives up after a month, and keeps no id any longer', async () => {
    await addHook();
    simulator.dial({ vendor: 'webhook', failure: '500' });
    const id = await room.request(ana);
    await room.idle();
    expect(room.filesHold('ana@shop')).toBe(true);
    for (let days = 0; days < 32; days++) for (let part = 0; part < 4; part++) await room.pass(6 * hour);
    expect(vendor(id, 'hook')?.state).toBe('failed');
    expect(room.get(id).state).toBe('attention');
    expect(room.filesHold('ana@shop')).toBe(false);
    expect(codeOf(await room.handlers()['erasure.retry']({ dryRun: false, id }, call()))).toBe('ERASURE_PERSON_FORGOTTEN');
  });
});

describe('an erasure here', () => {
  async function store(ids: readonly string[], userOf: (id: string) => string) {
    const route = room.log.route([await room.log.register('hook')]);
    return appended(room.log, batchRequest(room.log, ids, { route, userOf }));
  }
  const userOf = (id: string) => (id.startsWith('ana') ? ana.userId : 'bob');

  it('ends what is owed of the person as suppressed, erases the events, and leaves the others', async () => {
    await addHook();
    await store(['ana-1', 'bob-1', 'ana-2', 'ana-3', 'bob-2'], userOf);
    const { epoch } = await room.log.open('hook');
    const put = [sideRow(1, 'dead', 9), sideRow(3, 'retrying', 5), sideRow(5, 'dead', 9)];
    await room.log.settle(deltaOf('hook', epoch, { cursor: 5, put, hold: [4], terminal: { confirmed: [2] } }));
    const held = JSON.stringify({ type: 'track', messageId: 'ana-9', ...ana });
    unwrap(
      await room.quarantine.put([
        {
          source: 'web',
          messageId: 'ana-9',
          type: 'track',
          name: 'Order',
          receivedAt: 1,
          plan: 'p',
          revision: 1,
          violations: '[]',
          body: held,
        },
      ]),
    );
    const preview = await room.handlers()['erasure.request'](operations['erasure.request'].input.parse({ ...ana, dryRun: true }), call());
    expect(unwrap(preview).preview).toMatchObject({
      events: 3,
      isComplete: true,
      quarantined: 1,
      lanes: [{ destination: 'hook', retrying: 1, dead: 1, held: 1 }],
      vendors: [{ destination: 'hook', isAsked: true }],
    });
    const id = await room.request(ana);
    await room.idle();
    expect(room.get(id).local).toMatchObject({
      state: 'done',
      places: [
        { place: 'log', removed: 3 },
        { place: 'lanes', removed: 3 },
        { place: 'quarantine', removed: 1 },
        { place: 'memory', removed: 0 },
      ],
    });
    expect(await room.log.ledger('hook')).toMatchObject({
      dead: 1,
      retrying: 0,
      held: 0,
      terminal: { suppressed: 3, confirmed: 1 },
      violations: [],
    });
    expect((await room.log.find('bob-2')).length).toBe(1);
    expect(await room.log.find('ana-2')).toEqual([]);
    expect(room.filesHold('ana')).toBe(false);
  });

  it('suppresses the person while it runs, lifts that when it has ended, and leaves an opt-out of theirs alone', async () => {
    await addMixpanel();
    room.people.suppress([ana.anonymousId], 'opt-out', 1);
    const id = await room.request(ana);
    await room.idle();
    expect(room.people.of(ana.userId).suppressed?.kind).toBe('deletion');
    for (let asked = 0; asked < 3; asked++) await room.pass(6 * hour);
    expect(room.get(id).state).toBe('done');
    expect(room.people.of(ana.userId).suppressed).toBeNull();
    expect(room.people.of(ana.anonymousId).suppressed).toEqual({ kind: 'opt-out', at: 1 });
  });

  it('lets the person come back at once where that was asked for', async () => {
    await addMixpanel();
    await room.request({ ...ana, alsoSuppress: false });
    await room.idle();
    expect(room.people.of(ana.userId).suppressed).toBeNull();
  });

  it('forgets what the person granted, and not what they refused', async () => {
    room.people.choose([ana.userId], { ads: true, stats: false }, 5);
    await room.request(ana);
    await room.idle();
    expect(room.people.of(ana.userId).preferences).toEqual({ stats: false });
  });

  it('goes on after a failure, and after a restart in the middle of it', async () => {
    await addHook();
    await store(['ana-1'], userOf);
    room.beforeLocal = () => {
      throw new AppFailure(appError('INGEST_DISK_FULL'));
    };
    const id = await room.request(ana);
    await room.idle();
    expect(room.get(id)).toMatchObject({ state: 'running', local: { state: 'requested' } });
    expect(room.get(id).local.detail).not.toBeNull();
    await room.restart();
    expect(room.get(id).local.state).toBe('requested');
    expect(await room.log.find('ana-1')).toHaveLength(1);
    room.beforeLocal = () => {};
    await room.pass(60_000);
    expect(room.get(id)).toMatchObject({ state: 'done', local: { state: 'done' } });
    expect(await room.log.find('ana-1')).toEqual([]);
  });
});

describe('asking for an erasure', () => {
  const request = (input: object) => room.handlers()['erasure.request'](operations['erasure.request'].input.parse(input), call());

  it('needs a reason that names nobody, and the word typed', async () => {
    expect(codeOf(await request({ ...ana, confirm: 'erase' }))).toBe('REASON_REQUIRED');
    expect(codeOf(await request({ ...ana, reason: 'ticket 7' }))).toBe('CONFIRMATION_REQUIRED');
    for (const reason of ['asked by device-7', 'mail of ana@shop.example', 'bob@shop.example asked'])
      expect(codeOf(await request({ ...ana, confirm: 'erase', reason }))).toBe('REASON_PERSONAL');
    expect(room.erasures.documents.all()).toEqual([]);
    expect(room.filesHold('device-7')).toBe(false);
  });

  it('is refused while one of the same person runs, and may be repeated afterwards', async () => {
    await addMixpanel();
    const id = await room.request(ana);
    await room.idle();
    expect(codeOf(await request({ ...ana, confirm: 'erase', reason: 'again' }))).toBe('ERASURE_RUNNING');
    for (let asked = 0; asked < 3; asked++) await room.pass(6 * hour);
    expect(await room.request(ana)).toBe(id);
    await room.idle();
    expect(vendor(id, 'mix')).toMatchObject({ state: 'accepted', reference: 'task-2' });
  });

  it('names somebody', () => {
    expect(operations['erasure.request'].input.safeParse({ confirm: 'erase' }).success).toBe(false);
  });

  it('is found again by the person’s id', async () => {
    const id = await room.request(ana);
    await room.request({ userId: 'bob' });
    await room.idle();
    const list = (input: object) => room.handlers()['erasure.list'](operations['erasure.list'].input.parse(input), call());
    expect(unwrap(await list({ anonymousId: 'device-7' }))).toMatchObject({ total: 1, erasures: [{ id }] });
    expect(unwrap(await list({ state: 'done' })).total).toBe(2);
    const [first] = unwrap(await list({ limit: 1 })).erasures;
    expect(unwrap(await list({ after: first?.id })).erasures).toHaveLength(1);
  });
});
