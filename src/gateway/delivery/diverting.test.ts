import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { openTestDesk, type TestDesk } from './testing/desk.ts';
import { startVendor, type Vendor } from './testing/vendor.ts';

const hook = { type: 'destination', destination: 'hook' } as const;
const toSpare = { scope: hook, mode: 'divert', to: 'spare' };

let vendor: Vendor;
let spare: Vendor;
let desk: TestDesk;

function spareAt(url: string, more: object = {}): Destination {
  const delivery = { batchSize: 1, batchWaitMs: 0 };
  return destinationSchema.parse({ name: 'Spare', connector: 'webhook', endpoint: url, delivery, ...more });
}
function hookAt(url: string): Destination {
  return destinationSchema.parse({ name: 'Hook', connector: 'webhook', endpoint: url, delivery: { batchSize: 1, batchWaitMs: 0 } });
}

/** `hook` gets what is sent, `spare` nothing of its own. */
async function open(log?: EventLog): Promise<void> {
  desk = await openTestDesk(vendor.url, {}, log);
  await withSpare();
}
async function withSpare(more: object = {}): Promise<void> {
  await desk.delivery.apply(
    new Map([
      ['hook', hookAt(vendor.url)],
      ['spare', spareAt(spare.url, more)],
    ]),
  );
}

beforeEach(async () => {
  vendor = await startVendor();
  spare = await startVendor();
  await open();
});
afterEach(async () => {
  await desk.close();
  await Promise.all([vendor.close(), spare.close()]);
  expect(desk.bugs).toEqual([]);
});

/** Sends to `hook` alone. */
async function send(...ids: string[]): Promise<void> {
  await desk.sendTo(['hook'], 'Order', ...ids);
}
const ids = ({ received }: Vendor) => received.map(({ id }) => id);
async function both() {
  const [hooks, spares] = [await desk.ledger('hook'), await desk.ledger('spare')];
  expect([...hooks.violations, ...spares.violations]).toEqual([]);
  return { hook: hooks, spare: spares };
}

describe('a diverted destination', () => {
  it('has its events delivered by the other one, and counts them as diverted', async () => {
    desk.switches(toSpare);
    await send('a', 'b', 'c');
    await desk.until(({ terminal }) => terminal.diverted === 3);
    await desk.until(({ terminal }) => terminal.confirmed === 3, 'spare');
    expect(ids(spare).sort()).toEqual(['a', 'b', 'c']);
    expect(ids(vendor)).toEqual([]);
    expect(await both()).toMatchObject({ hook: { waiting: 0 }, spare: { divertedIn: 3, filtered: 3 } });
  });

  it('is given nothing twice that it gets by its own route', async () => {
    desk.switches(toSpare);
    await desk.sendTo(['hook', 'spare'], 'Order', 'a');
    await desk.until(({ terminal }) => terminal.diverted === 1);
    await desk.until(({ terminal }) => terminal.confirmed === 1, 'spare');
    expect(ids(spare)).toEqual(['a']);
    expect((await both()).spare.divertedIn).toBe(0);
  });

  it('diverts what a narrower switch covers, and sends the rest itself', async () => {
    desk.switches({ scope: { type: 'event', event: 'Order' }, mode: 'divert', to: 'spare' });
    await desk.sendTo(['hook'], 'Order', 'a');
    await desk.sendTo(['hook'], 'Page', 'b');
    await desk.until(({ terminal }) => terminal.confirmed === 1 && terminal.diverted === 1);
    await desk.until(({ terminal }) => terminal.confirmed === 1, 'spare');
    expect([ids(vendor), ids(spare)]).toEqual([['b'], ['a']]);
  });

  it('diverts though it cannot send itself, and keeps what came before for when it can', async () => {
    desk.credential = { usable: false, detail: 'no credential' };
    desk.delivery.credentialChanged('hook');
    await send('before-1', 'before-2');
    desk.credential = { usable: true, values: desk.credentialValues, revision: 1 };
    const head = desk.log.head();
    vendor.hang();
    desk.switches({ ...toSpare, fromSeq: head });
    desk.holdBack('hook', 'no credential');
    await send('a', 'b');
    await desk.until(({ terminal }) => terminal.confirmed === 2, 'spare');
    expect(ids(spare).sort()).toEqual(['a', 'b']);
  });
});
