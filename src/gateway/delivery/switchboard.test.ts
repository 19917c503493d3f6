import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { replaySchema } from '#contract/documents/replay.ts';
import { operations } from '#contract/operations/index.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { createMemoryStore } from '#gateway/control/memory-store.ts';
import { createSwitchboard, type Switchboard } from './switchboard.ts';
import { eventually, openTestDesk, type TestDesk } from './testing/desk.ts';
import { startVendor, type Vendor } from './testing/vendor.ts';

const hook = { type: 'destination', destination: 'hook' } as const;

let vendor: Vendor;
let desk: TestDesk;
let store: DocumentStore;
let board: Switchboard;

beforeEach(async () => {
  vendor = await startVendor();
  desk = await openTestDesk(vendor.url);
  store = createMemoryStore(Date.now);
  const value = destinationSchema.parse({ name: 'Hook', connector: 'webhook', endpoint: vendor.url });
  store.commit([{ kind: 'destination', id: 'hook', value }], { by: 'ana', action: 'test', target: 'hook', reason: '', commandId: null });
  board = createSwitchboard({ store, delivery: desk.delivery, log: desk.log, node: 'node-a', now: Date.now, drainDeadlineMs: () => 1000 });
});
afterEach(async () => {
  board.close();
  await desk.close();
  await vendor.close();
  expect(desk.bugs).toEqual([]);
});

const set = (input: Record<string, unknown>) => board.set(operations['switch.set'].input.parse({ scope: hook, ...input }), 'ana', null);

describe('a park', () => {
  it('is in force, with its proof, once it is answered', async () => {
    const answer = await set({ mode: 'park' });
    expect(answer).toMatchObject({ ok: true, value: { proof: { revision: 1, nodes: [{ node: 'node-a', escaped: 0, inFlight: 0 }] } } });
    expect(board.proof('destination:hook').ok).toBe(true);
    await desk.send('a', 'b');
    expect((await desk.ledger()).waiting).toBe(2);
    expect(vendor.received).toEqual([]);
  });

  it('leaves its proof in the audit trail, which outlives the process', async () => {
    await set({ mode: 'park' });
    await eventually(() => store.audit(null, 1)[0]?.action === 'switch.proved');
    expect(store.audit(null, 1)[0]).toMatchObject({ by: 'system', target: 'hook' });
    expect(store.audit(null, 1)[0]?.reason).toMatch(/^in force after [\d.]+ ms; 0 in flight: 0 answered, 0 uncertain; 0 escaped$/);
  });

  it('stays in force although it could not be written', async () => {
    store.close();
    expect(await set({ mode: 'park' })).toMatchObject({ ok: false, error: { code: 'CONTROL_STORE_FAILED' } });
    await desk.send('a');
    expect(desk.delivery.lanes.get('hook')?.rules.parked).not.toBeNull();
    expect((await desk.ledger()).waiting).toBe(1);
    expect(vendor.received).toEqual([]);
  });

  it('opens by itself when its time is over, and says so', async () => {
    await set({ mode: 'park', forMs: 1000 });
    await desk.send('a');
    await desk.until(({ terminal }) => terminal.confirmed === 1);
    expect(store.history('switch', 'destination:hook', 1)[0]).toMatchObject({ by: 'timer', value: { mode: 'flow' } });
  });
});

describe('what loses or releases events', () => {
  it('needs a reason, and where it cannot be taken back the name typed', async () => {
    expect(await set({ mode: 'drop' })).toMatchObject({ error: { code: 'REASON_REQUIRED' } });
    const unconfirmed = await set({ mode: 'drop', reason: 'spam' });
    expect(unconfirmed).toMatchObject({ error: { code: 'CONFIRMATION_REQUIRED', details: { type: 'hook' } } });
    expect(store.get('switch', 'destination:hook')).toBeNull();
    expect(store.audit(null, 2).map(({ outcome }) => outcome)).toEqual(['CONFIRMATION_REQUIRED', 'REASON_REQUIRED']);
  });

  it('is not in force where it could not be written', async () => {
    store.close();
    expect(await set({ mode: 'drop', reason: 'spam', confirm: 'hook' })).toMatchObject({
      ok: false,
      error: { code: 'CONTROL_STORE_FAILED' },
    });
    await desk.send('a');
    await eventually(() => vendor.received.length === 1);
  });
});

describe('a request to flip a switch', () => {
  it('of what does not exist, or at a newer revision than it saw, changes nothing', async () => {
    expect(await set({ scope: { type: 'destination', destination: 'gone' }, mode: 'park' })).toMatchObject({
      error: { code: 'DOCUMENT_NOT_FOUND' },
    });
    expect(await set({ mode: 'park', expectedRevision: 3 })).toMatchObject({ error: { code: 'DOCUMENT_CONFLICT' } });
    expect(board.proof('destination:hook')).toMatchObject({ ok: false, error: { code: 'DOCUMENT_NOT_FOUND' } });
  });

  it('only previews when it is a dry run', async () => {
    await set({ mode: 'park' });
    await desk.send('a', 'b', 'c');
    const answer = await set({ mode: 'flow', dryRun: true });
    expect(answer).toMatchObject({ ok: true, value: { proof: null, preview: { destinations: [{ destination: 'hook', waiting: 3 }] } } });
    expect(vendor.received).toEqual([]);
  });
});

describe('the preview of a switch', () => {
  const by = { by: 'ana', action: 'test', target: 'x', reason: '', commandId: null };

  it('counts what replays under way will give besides, once it flows', async () => {
    const selection = { type: 'deadLetters', filter: {} } as const;
    const replay = replaySchema.parse({ destination: 'hook', selection, pacePerSecond: 10, state: 'running', startedAt: 1, selected: 700 });
    store.commit([{ kind: 'replay', id: 'r1', value: replay }], by);
    store.commit([{ kind: 'replay', id: 'r2', value: { ...replay, state: 'done', endedAt: 2 } }], by);
    expect(await set({ mode: 'flow', dryRun: true })).toMatchObject({ value: { preview: { destinations: [{ replaysLeft: 700 }] } } });
  });

  it('leaves out a destination that takes no such events, as long as nothing of it waits there', async () => {
    const value = destinationSchema.parse({ name: 'Refunds', connector: 'webhook', endpoint: vendor.url, events: ['Refund'] });
    await desk.delivery.apply(new Map([['hook', value]]));
    const parkOrders = { scope: { type: 'event', event: 'Order' }, mode: 'park', dryRun: true };
    expect(await set(parkOrders)).toMatchObject({ value: { preview: { destinations: [] } } });
    expect(await set({ ...parkOrders, scope: { type: 'event', event: 'Refund' } })).toMatchObject({
      value: { preview: { destinations: [{ destination: 'hook' }] } },
    });
    await set({ mode: 'park' });
    await desk.send('a');
    expect(await set(parkOrders)).toMatchObject({ value: { preview: { destinations: [{ destination: 'hook', waiting: 1 }] } } });
  });
});

describe('divert and sample', () => {
  const put = (id: string) => {
    const value = destinationSchema.parse({ name: id, connector: 'webhook', endpoint: vendor.url });
    store.commit([{ kind: 'destination', id, value }], { by: 'ana', action: 'test', target: id, reason: '', commandId: null });
  };
  const divert = (from: string, to: string, more: object = {}) =>
    set({ scope: { type: 'destination', destination: from }, mode: 'divert', to, reason: 'outage', ...more });

  it('want to know where to, and which share', async () => {
    expect(await set({ mode: 'divert', reason: 'r' })).toMatchObject({ error: { code: 'INPUT_INVALID' } });
    expect(await set({ mode: 'divert', to: 'nobody', reason: 'r' })).toMatchObject({ error: { code: 'DOCUMENT_NOT_FOUND' } });
    expect(await set({ mode: 'sample', reason: 'r', confirm: 'hook' })).toMatchObject({ error: { code: 'INPUT_INVALID' } });
  });

  it('never divert in a circle, not even by a second switch', async () => {
    put('spare');
    put('last');
    expect(await divert('hook', 'hook')).toMatchObject({ error: { code: 'SWITCH_CIRCLE' } });
    expect(await divert('hook', 'spare')).toMatchObject({ ok: true });
    expect(await divert('spare', 'last')).toMatchObject({ ok: true });
    const refused = await divert('last', 'hook');
    expect(refused).toMatchObject({ error: { code: 'SWITCH_CIRCLE' } });
    expect(refused.ok || refused.error.details?.way).toEqual(['hook', 'spare', 'last', 'hook']);
    expect(await divert('last', 'hook', { dryRun: true })).toMatchObject({ error: { code: 'SWITCH_CIRCLE' } });
    await set({ mode: 'flow', reason: 'back' });
    expect(await divert('last', 'hook')).toMatchObject({ ok: true });
  });

  it('ask for a reason; and sample, which loses events, for the name', async () => {
    put('spare');
    expect(await set({ mode: 'divert', to: 'spare' })).toMatchObject({ error: { code: 'REASON_REQUIRED' } });
    expect(await set({ mode: 'sample', share: 0.5, reason: 'r' })).toMatchObject({ error: { code: 'CONFIRMATION_REQUIRED' } });
    const answer = await set({ mode: 'sample', share: 0.5, reason: 'r', confirm: 'hook' });
    expect(answer).toMatchObject({ ok: true, value: { proof: { revision: 1, nodes: [{ escaped: 0 }] } } });
    expect(store.get('switch', 'destination:hook')?.value).toMatchObject({ mode: 'sample', share: 0.5, fromSeq: 0 });
  });

  it('take what comes after the command, unless the backlog is included', async () => {
    put('spare');
    await set({ mode: 'park' });
    await desk.send('a', 'b');
    await divert('hook', 'spare');
    expect(store.get('switch', 'destination:hook')?.value).toMatchObject({ mode: 'divert', to: 'spare', fromSeq: 2 });
    await divert('hook', 'spare', { includeBacklog: true });
    expect(store.get('switch', 'destination:hook')?.value).toMatchObject({ fromSeq: 0 });
  });

  it('preview what they would take, and who would get it', async () => {
    await set({ mode: 'park' });
    await desk.send('a', 'b', 'c', 'd');
    const sampled = await set({ mode: 'sample', share: 0.25, includeBacklog: true, dryRun: true });
    expect(sampled).toMatchObject({ ok: true, value: { preview: { destinations: [{ waiting: 4, backlogTaken: 3 }] } } });
    put('spare');
    const destinations = new Map(store.list('destination').flatMap(({ id, value }) => (value ? [[id, value] as const] : [])));
    await desk.delivery.apply(destinations);
    const diverted = await set({ scope: { type: 'everything' }, mode: 'divert', to: 'spare', includeBacklog: true, dryRun: true });
    expect(diverted.ok && diverted.value.preview).toMatchObject({
      destinations: [{ destination: 'hook', backlogTaken: 4, divertedPerMinute: 0 }],
      target: { destination: 'spare', messagesPeople: false },
    });
  });
});
