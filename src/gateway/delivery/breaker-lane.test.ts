import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { createLaneNotes } from './lane-notes.ts';
import { readLane } from './reading.ts';
import { eventually, openTestDesk, type TestDesk } from './testing/desk.ts';
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

const lane = () => {
  const found = desk.delivery.lanes.get('hook');
  if (!found) throw new Error('no lane');
  return found;
};
const reading = () => readLane(lane(), desk.log, Date.now());
const force = (state: 'open' | 'closed') => new Map([['hook', { state, by: 'ana', reason: 'release', at: 5 }]]);
const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('the breaker of a lane', () => {
  it('says why it opened, and when it probes', async () => {
    desk = await openTestDesk(vendor.url);
    vendor.answer = answerWith(503);
    desk.switches();
    await desk.send(...ids(60));
    await eventually(() => lane().breaker.state === 'open');
    const { state, why, breaker, breakerDetail } = reading();
    expect({ state, breaker }).toEqual({ state: 'breaker', breaker: 'open' });
    expect(why).toMatch(/^breaker open: \d+ of \d+ requests failed$/);
    expect(breakerDetail).toMatchObject({ measured: 'open', forced: null });
    expect(breakerDetail?.probesAt).toBeGreaterThan(breakerDetail?.since ?? 0);
  });

  it('opens by the shares that its destination sets', async () => {
    desk = await openTestDesk(vendor.url, { maxAttempts: 1, breaker: { failureShare: 0.1, slowShare: 1, minCalls: 5, openMs: 60_000 } });
    vendor.answer = (request, response) => answerWith(request.headers['webhook-id'] === 'm6' ? 500 : 200)(request, response);
    desk.switches();
    await desk.send(...ids(7));
    await eventually(() => lane().breaker.state === 'open');
  });

  it('stays open when its process starts anew', async () => {
    const notes = createLaneNotes(null);
    const log = createMemoryLog();
    desk = await openTestDesk(vendor.url, {}, log, null, { notes });
    vendor.answer = answerWith(503);
    desk.switches();
    await desk.send(...ids(60));
    await eventually(() => lane().breaker.state === 'open' && lane().flying().length === 0);
    await desk.delivery.close(100);
    const tried = vendor.received.length;
    desk = await openTestDesk(vendor.url, {}, log, null, { notes });
    desk.switches();
    await eventually(() => reading().state === 'breaker');
    expect(vendor.received).toHaveLength(tried);
  });
});

describe('a breaker that is forced', () => {
  it('open sends nothing, loses nothing, and drains when it is given back', async () => {
    desk = await openTestDesk(vendor.url);
    desk.delivery.setForces(force('open'));
    desk.switches();
    await desk.send(...ids(20));
    await eventually(() => reading().state === 'breaker');
    expect(reading()).toMatchObject({ why: 'breaker forced open by ana: release', breaker: 'open', desired: 'flow' });
    expect(reading().breakerDetail).toMatchObject({ measured: 'closed', forced: { state: 'open', by: 'ana', reason: 'release', at: 5 } });
    expect((await desk.ledger()).waiting).toBe(20);
    desk.delivery.setForces(new Map());
    const ledger = await desk.until((each) => each.terminal.confirmed === 20);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toHaveLength(20);
  });

  it('closed sends though the vendor fails, and shows what it would do by itself', async () => {
    desk = await openTestDesk(vendor.url, { maxAttempts: 1 });
    vendor.answer = answerWith(503);
    desk.delivery.setForces(force('closed'));
    desk.switches();
    await desk.send(...ids(100));
    await desk.until((each) => each.dead === 100);
    expect(reading()).toMatchObject({ state: 'flowing', breaker: 'closed', breakerDetail: { measured: 'open' } });
  });

  it('stays so when its lane is made anew', async () => {
    desk = await openTestDesk(vendor.url);
    desk.delivery.setForces(force('open'));
    desk.switches();
    const before = lane();
    const destination = { ...before.spec.destination, delivery: { ...before.spec.destination.delivery, concurrency: 3 } };
    await desk.delivery.apply(new Map([['hook', destination]]));
    expect(lane()).not.toBe(before);
    expect(lane().breaker.state).toBe('open');
  });
});
