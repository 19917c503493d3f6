import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { eventually, openTestDesk, type TestDesk } from './testing/desk.ts';
import { answerWith, startVendor, type Vendor } from './testing/vendor.ts';

let vendor: Vendor;
let hung: Vendor;
let desk: TestDesk;

beforeEach(async () => {
  vendor = await startVendor();
  hung = await startVendor();
  hung.answer = () => {};
});
afterEach(async () => {
  await hung.close();
  await desk.close();
  await vendor.close();
  expect(desk.bugs).toEqual([]);
});

const to = (endpoint: string, delivery: Partial<Destination['delivery']> = {}) =>
  destinationSchema.parse({ name: 'x', connector: 'webhook', endpoint, delivery: { batchSize: 1, batchWaitMs: 0, ...delivery } });
const ids = (count: number, prefix = 'm') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('a destination that hangs', () => {
  it('keeps no other destination from being changed or added while its own lane is closed', async () => {
    desk = await openTestDesk(vendor.url);
    desk.switches();
    const before = new Map([
      ['hook', to(vendor.url)],
      ['hung', to(hung.url, { timeoutMs: 60_000 })],
    ]);
    await desk.delivery.apply(before);
    await desk.send('a');
    await eventually(() => hung.received.length === 1);
    // Its lane waits for the answer before it is made anew.
    const all = desk.delivery.apply(
      new Map([
        ...before,
        ['hook', to(vendor.url, { concurrency: 3 })],
        ['hung', to(hung.url, { concurrency: 3 })],
        ['new', to(vendor.url)],
      ]),
    );
    await eventually(() => desk.delivery.lanes.has('new') && desk.delivery.lanes.get('hook')?.spec.destination.delivery.concurrency === 3);
    expect(desk.delivery.lanes.has('hung')).toBe(false);
    await hung.close();
    await all;
    expect(desk.delivery.lanes.has('hung')).toBe(true);
  });

  it('does not keep its places when it drips its answer: each is ended after its time', { timeout: 20_000 }, async () => {
    desk = await openTestDesk(hung.url, { timeoutMs: 500, concurrency: 2, maxAttempts: 1 });
    hung.answer = (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    };
    desk.switches();
    await desk.send('a', 'b');
    const ledger = await desk.until((each) => each.dead === 2);
    expect(ledger.violations).toEqual([]);
  });

  it('holds only so many bytes of a backlog in memory, however large its events are', async () => {
    const log = createMemoryLog();
    desk = await openTestDesk(hung.url, { batchSize: 2000, concurrency: 256, timeoutMs: 60_000 }, log);
    desk.switches();
    const padding = 'x'.repeat(30_000);
    for (let round = 0; round < 20; round++) await desk.sendNamed(padding, ...ids(50, `r${round}-`));
    await eventually(() => hung.received.length > 100);
    const lane = desk.delivery.lanes.get('hook');
    await eventually(() => (lane?.window.bytes ?? 0) > 0);
    // The bound, and the page that went over it.
    expect(lane?.window.bytes).toBeLessThan(10 * 1024 * 1024);
    const flying = lane?.flying().reduce((sum, { request }) => sum + (request.body?.length ?? 0), 0) ?? 0;
    expect(flying).toBeLessThan(10 * 1024 * 1024);
  });
});

describe('a destination that answers with far too much', () => {
  it('is read as far as a verdict needs, and no further', async () => {
    desk = await openTestDesk(vendor.url, { timeoutMs: 5000 });
    let written = 0;
    vendor.answer = (_, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const write = () => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', write);
      response.on('error', () => {});
      write();
    };
    desk.switches();
    await desk.send('a');
    const ledger = await desk.until((each) => each.terminal.confirmed === 1);
    expect(ledger.violations).toEqual([]);
    expect(written).toBeLessThan(64 * 1024 * 1024);
    vendor.answer = answerWith(200);
  });
});
