import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
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

const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);
const reading = () => {
  const lane = desk.delivery.lanes.get('hook');
  if (!lane) throw new Error('no lane');
  return readLane(lane, desk.log, Date.now());
};

describe('a lane', () => {
  it('keeps to the rate of its destination, and shows it', async () => {
    const log = createMemoryLog();
    const startedAt = log.preciseNow();
    desk = await openTestDesk(vendor.url, { ratePerSecond: 100 }, log);
    desk.switches();
    await desk.send(...ids(60));
    await desk.until((each) => each.terminal.confirmed === 60);
    // A quarter of a second may gather; the clock is the lane's own.
    expect(vendor.received.length).toBeLessThanOrEqual(((log.preciseNow() - startedAt) / 1000) * 100 + 25);
    expect(reading().rate).toEqual({ perSecond: 100, ceilingPerSecond: 100, throttledAt: null });
  });

  it('shows no rate where none is set and the vendor never complained', async () => {
    desk = await openTestDesk(vendor.url);
    expect(reading()).not.toHaveProperty('rate');
  });

  it('slows down when the vendor says too fast, obeys Retry-After, and uses up no attempt', async () => {
    desk = await openTestDesk(vendor.url, { maxAttempts: 1 });
    const at: number[] = [];
    vendor.answer = (request, response) => {
      at.push(performance.now());
      answerWith(at.length === 1 ? 429 : 200, at.length === 1 ? { 'retry-after': '1' } : {})(request, response);
    };
    desk.switches();
    await desk.send('a');
    await desk.until((each) => each.retrying === 1);
    const slowed = reading().rate;
    expect(slowed?.throttledAt).not.toBeNull();
    await desk.send('b');
    const ledger = await desk.until((each) => each.terminal.confirmed === 2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990);
    expect(ledger).toMatchObject({ dead: 0, violations: [] });
  });

  it('resends no more than its budget allows, and keeps what has to wait', async () => {
    desk = await openTestDesk(vendor.url, { maxAttempts: 3, concurrency: 8, breaker: destinationBreaker });
    vendor.answer = answerWith(500);
    desk.switches();
    await desk.send(...ids(300));
    await desk.until((each) => each.retrying === 300 || each.dead > 0);
    await eventually(() => vendor.received.length > 320);
    const ledger = await desk.ledger();
    expect(vendor.received.length).toBeLessThan(500);
    expect(ledger.violations).toEqual([]);
  });
});

/** One that never opens, so that the budget alone holds back. */
const destinationBreaker = { failureShare: 1, slowShare: 1, minCalls: 10_000, openMs: 5000 };
