import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
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
