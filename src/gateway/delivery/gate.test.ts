import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { openTestDesk, type TestDesk } from './testing/desk.ts';
import { answerWith, startVendor, type Vendor } from './testing/vendor.ts';

let vendor: Vendor;
let desk: TestDesk;
beforeEach(async () => {
  vendor = await startVendor();
});
afterEach(async () => {
  await desk.close();
  await vendor.close();
  expect(desk.bugs).toEqual([]);
});

const park = { scope: { type: 'destination', destination: 'hook' }, mode: 'park' } as const;
const open = (gate: (event: GatewayEvent) => boolean, batch = {}) => openTestDesk(vendor.url, batch, undefined, gate);

describe('consent at the moment of sending', () => {
  it('suppresses what it forbids, delivers the rest, and the ledger balances', async () => {
    desk = await open(({ messageId }) => messageId.startsWith('no'));
    desk.switches();
    await desk.send('yes-1', 'no-1', 'yes-2', 'no-2');
    const ledger = await desk.until((each) => each.waiting === 0 && each.terminal.confirmed === 2);
    expect(ledger).toMatchObject({ terminal: { confirmed: 2, suppressed: 2 }, violations: [] });
    expect(vendor.received.toSorted()).toEqual(['yes-1', 'yes-2']);
  });

  it('holds even where it is withdrawn between encoding and the first byte', async () => {
    let asked = 0;
    // As it is read: yes. As it is taken for a batch: yes. As the connection is there: no.
    desk = await open(() => ++asked > 2);
    desk.switches();
    await desk.send('a');
    const ledger = await desk.until((each) => each.terminal.suppressed === 1);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toEqual([]);
  });

  it('stops what waits while the lane is parked, and what is to be tried again', async () => {
    let isForbidden = false;
    desk = await open(() => isForbidden);
    desk.switches();
    vendor.answer = answerWith(500);
    await desk.send('retrying');
    await desk.until((each) => each.retrying === 1);
    desk.switches(park);
    await desk.send('parked');
    isForbidden = true;
    vendor.answer = answerWith(200);
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.suppressed === 2);
    expect(ledger).toMatchObject({ waiting: 0, retrying: 0, violations: [] });
    expect(vendor.received.filter((id) => id === 'parked')).toEqual([]);
  });

  it('decides nothing while a narrower park holds the event', async () => {
    let isForbidden = true;
    desk = await open(() => isForbidden);
    desk.switches({ scope: { type: 'source', source: 'web' }, mode: 'park' });
    await desk.send('held');
    await desk.until((each) => each.held === 1);
    isForbidden = false;
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.confirmed === 1);
    expect(ledger).toMatchObject({ held: 0, terminal: { suppressed: 0 }, violations: [] });
  });
});
