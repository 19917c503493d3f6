import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
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

/** Fails the first try of each of these. */
function failOnce(...messageIds: string[]): void {
  const failing = new Set(messageIds);
  vendor.answer = (request, response) => answerWith(failing.delete(String(request.headers['webhook-id'])) ? 500 : 200)(request, response);
}

/** Message ids in the order in which the vendor took them. */
function watchTaken(): string[] {
  const taken: string[] = [];
  const { answer } = vendor;
  vendor.answer = (request, response) => {
    response.on('finish', () => {
      if (response.statusCode === 200) taken.push(String(request.headers['webhook-id']));
    });
    answer(request, response);
  };
  return taken;
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('a destination that wants order', () => {
  it('gets the events of a user one after the other, though one of them fails at first', async () => {
    desk = await openTestDesk(vendor.url, { order: 'user', concurrency: 8 });
    failOnce('m3', 'm4', 'm11');
    const taken = watchTaken();
    desk.switches();
    await desk.send(...ids(20));
    const ledger = await desk.until((each) => each.terminal.confirmed === 20);
    expect(taken).toEqual(ids(20));
    expect(ledger.violations).toEqual([]);
    expect(ledger.retrying).toBe(0);
  });

  it('goes on with other users meanwhile', async () => {
    desk = await openTestDesk(vendor.url, { order: 'user', concurrency: 8 });
    const open: (() => void)[] = [];
    vendor.answer = (request, response) => {
      const answer = () => void response.writeHead(200).end();
      if (request.headers['webhook-id'] === 'stuck') open.push(answer);
      else answer();
    };
    desk.switches();
    await desk.sendOf('ana', 'stuck', 'after');
    await desk.sendOf('bo', ...ids(10));
    await desk.until((each) => each.terminal.confirmed === 10);
    expect(vendor.received).not.toContain('after');
    for (const answer of open) answer();
    await desk.until((each) => each.terminal.confirmed === 12);
  });

  it('lets the cursor pass what waits, and keeps the order over a restart', async () => {
    const log = createMemoryLog();
    desk = await openTestDesk(vendor.url, { order: 'user', maxAttempts: 5 }, log);
    vendor.answer = answerWith(500);
    desk.switches();
    await desk.send(...ids(5));
    const before = await desk.until((each) => each.retrying === 5 && each.waiting === 0);
    expect(before.violations).toEqual([]);
    expect(new Set(vendor.received)).toEqual(new Set(['m0']));
    await desk.delivery.close(200);

    desk = await openTestDesk(vendor.url, { order: 'user', maxAttempts: 5 }, log);
    vendor.answer = answerWith(200);
    const taken = watchTaken();
    await desk.send('m5');
    desk.switches();
    const after = await desk.until((each) => each.terminal.confirmed === 6);
    expect(taken).toEqual(ids(6));
    expect(after.violations).toEqual([]);
  });

  it('keeps the order when it is parked and opened in full flow', async () => {
    desk = await openTestDesk(vendor.url, { order: 'user', concurrency: 8 });
    failOnce('m7', 'm30');
    const taken = watchTaken();
    desk.switches();
    await desk.send(...ids(60));
    await eventually(() => taken.length > 20);
    desk.switches({ scope: { type: 'destination', destination: 'hook' }, mode: 'park' });
    await eventually(() => desk.delivery.lanes.get('hook')?.flying().length === 0);
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.confirmed === 60);
    expect(taken).toEqual(ids(60));
    expect(ledger.violations).toEqual([]);
  });

  it('goes on past a dead letter', async () => {
    desk = await openTestDesk(vendor.url, { order: 'user' });
    vendor.answer = (request, response) => answerWith(request.headers['webhook-id'] === 'm1' ? 400 : 200)(request, response);
    desk.switches();
    await desk.send(...ids(4));
    const ledger = await desk.until((each) => each.terminal.confirmed === 3 && each.dead === 1);
    expect(ledger.violations).toEqual([]);
  });

  it('gives up the order of one hot user rather than to fill memory with them', async () => {
    desk = await openTestDesk(vendor.url, { order: 'user', concurrency: 4 });
    let isStuck = true;
    const open: (() => void)[] = [];
    vendor.answer = (_, response) => {
      const answer = () => void response.writeHead(200).end();
      if (isStuck) open.push(answer);
      else answer();
      isStuck = false;
    };
    desk.switches();
    await desk.sendOf('bot', ...ids(1500));
    await desk.until((each) => each.terminal.confirmed === 1499);
    expect(desk.delivery.lanes.get('hook')?.order?.reading().givenUp).toBe(1);
    for (const answer of open) answer();
    const ledger = await desk.until((each) => each.terminal.confirmed === 1500);
    expect(ledger.violations).toEqual([]);
  });
});
