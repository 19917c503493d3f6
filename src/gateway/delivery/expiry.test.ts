import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { eventually, openTestDesk, type TestDesk } from './testing/desk.ts';
import { startVendor, type Vendor } from './testing/vendor.ts';

const hook = { type: 'destination', destination: 'hook' } as const;
const park = { scope: hook, mode: 'park' } as const;
const open = (throughSeq: number) => ({ scope: hook, mode: 'flow', opening: { backlog: { choice: 'drain' }, throughSeq } }) as const;
const messageIds = Array.from({ length: 1000 }, (_, index) => `m${index}`);

let vendor: Vendor;
let desk: TestDesk;

beforeEach(async () => {
  vendor = await startVendor();
  desk = await openTestDesk(vendor.url);
});
afterEach(async () => {
  await desk.close();
  await vendor.close();
  expect(desk.bugs).toEqual([]);
});

/** Parks the destination with the smallest budget that there is, less than its backlog needs. */
async function fillBudget(onLimit: 'expire' | 'refuseIngest'): Promise<void> {
  const hold = { bytes: 65_536, ageMs: 60_000, onLimit };
  const destination = destinationSchema.parse({ name: 'Hook', connector: 'webhook', endpoint: vendor.url, settings: {}, hold });
  await desk.delivery.apply(new Map([['hook', destination]]));
  desk.switches(park);
  await desk.send(...messageIds);
}

describe('a backlog over its budget', () => {
  it('loses its oldest events, counts them as expired, and keeps the newest', async () => {
    await fillBudget('expire');
    const ledger = await desk.until(({ terminal }) => terminal.expired > 0);
    expect(ledger.waiting).toBeGreaterThan(0);
    expect(ledger.waiting + ledger.terminal.expired).toBe(1000);
    expect(ledger.violations).toEqual([]);
    expect(desk.delivery.refusal()).toBeNull();
    desk.switches(open(1000));
    await desk.until(({ waiting }) => waiting === 0);
    expect(vendor.received.toSorted()).toEqual(messageIds.slice(-ledger.waiting).toSorted());
  });

  it('refuses new events instead where its owner wants that, until it has drained', async () => {
    await fillBudget('refuseIngest');
    await eventually(() => desk.delivery.refusal() !== null);
    expect(desk.delivery.refusal()).toMatchObject({ code: 'INGEST_BACKLOG_FULL', retryable: true, details: { destination: 'hook' } });
    expect((await desk.ledger()).terminal.expired).toBe(0);
    desk.switches(open(1000));
    await eventually(() => desk.delivery.refusal() === null);
    await desk.until(({ terminal }) => terminal.confirmed === 1000);
  });
});
