import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { gate } from '#gateway/log/testing/wrapped.ts';
import { eventually, openTestDesk, type TestDesk, whsec } from './testing/desk.ts';
import { answerWith, startVendor, type Vendor } from './testing/vendor.ts';

const hook = { type: 'destination', destination: 'hook' } as const;
const park = { scope: hook, mode: 'park' } as const;

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

function ids(count: number, prefix = 'm'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

describe('a lane', () => {
  it('delivers every event once and counts it as confirmed', async () => {
    desk = await openTestDesk(vendor.url);
    desk.switches();
    await desk.send(...ids(200));
    const ledger = await desk.until((each) => each.terminal.confirmed === 200);
    expect(ledger.violations).toEqual([]);
    expect(new Set(vendor.received).size).toBe(200);
    expect(vendor.received).toHaveLength(200);
  });

  it('sends nothing before the switches are known', async () => {
    desk = await openTestDesk(vendor.url);
    await desk.send('a');
    await new Promise((resolve) => setImmediate(resolve));
    expect((await desk.ledger()).waiting).toBe(1);
    expect(vendor.received).toEqual([]);
    desk.switches();
    await desk.until((each) => each.terminal.confirmed === 1);
  });

  it('stops at a park, keeps everything, and drains to the event when it opens', async () => {
    desk = await openTestDesk(vendor.url);
    desk.switches();
    await desk.send(...ids(20));
    await desk.until((each) => each.terminal.confirmed === 20);
    desk.switches(park);
    await desk.send(...ids(100, 'parked'));
    const parked = await desk.until((each) => each.waiting === 100);
    expect(parked.violations).toEqual([]);
    expect(vendor.received).toHaveLength(20);
    desk.switches({ scope: hook, mode: 'flow', opening: { backlog: { choice: 'drain' }, throughSeq: 120 } });
    await desk.until((each) => each.terminal.confirmed === 120);
    expect(vendor.received).toHaveLength(120);
  });

  it('sends what an opening held back, though the next opening comes before that is written down', async () => {
    const log = createMemoryLog();
    const settle = log.settle.bind(log);
    const mayWrite = gate();
    log.settle = (delta) => mayWrite.opened.then(() => settle(delta));
    desk = await openTestDesk(vendor.url, {}, log);
    desk.switches(park);
    await desk.send(...ids(20));
    const opening = (choice: string) => ({ scope: hook, mode: 'flow', opening: { backlog: { choice }, throughSeq: 20 } });
    desk.switches(opening('fromNow'));
    await eventually(() => desk.delivery.lanes.get('hook')?.window.through === 20);
    desk.switches(opening('drain'));
    // It has looked for what is held, and found nothing.
    await new Promise((resolve) => setImmediate(resolve));
    expect((await desk.ledger()).held).toBe(0);
    mayWrite.open();
    await desk.until((each) => each.terminal.confirmed === 20);
  });

  it('tries again what was due before the disk had written it down', async () => {
    let aheadMs = 0;
    const now = () => performance.timeOrigin + performance.now() + aheadMs;
    const log = createMemoryLog({ now });
    const settle = log.settle.bind(log);
    const mayWrite = gate();
    log.settle = (delta) => mayWrite.opened.then(() => settle(delta));
    desk = await openTestDesk(vendor.url, {}, log, null, { now });
    vendor.answer = answerWith(503);
    desk.switches();
    await desk.send('a');
    const lane = desk.delivery.lanes.get('hook');
    await eventually(() => vendor.received.length === 1 && lane?.flying().length === 0);
    vendor.answer = answerWith(200);
    aheadMs = 60_000;
    // It looks for what is due, and finds nothing.
    for (let look = 0; look < 3; look++) {
      lane?.pump();
      await new Promise((resolve) => setImmediate(resolve));
    }
    mayWrite.open();
    await desk.until((each) => each.terminal.confirmed === 1);
  });

  it('lets what was in flight end, and sends nothing new, when it is parked in full flow', async () => {
    desk = await openTestDesk(vendor.url, { concurrency: 4 });
    const open: (() => void)[] = [];
    vendor.answer = (_, response) => void open.push(() => response.writeHead(200).end());
    desk.switches();
    await desk.send(...ids(50));
    await eventually(() => open.length === 4);
    desk.switches(park);
    for (const answer of open.splice(0)) answer();
    const ledger = await desk.until((each) => each.terminal.confirmed === 4);
    expect(vendor.received).toHaveLength(4);
    expect(ledger.waiting + ledger.retrying).toBe(46);
    expect(ledger.violations).toEqual([]);
  });

  it('tries again after a server error, and writes a dead letter after the last attempt', async () => {
    desk = await openTestDesk(vendor.url, { maxAttempts: 2 });
    vendor.answer = answerWith(500);
    desk.switches();
    await desk.send('a');
    const ledger = await desk.until((each) => each.dead === 1);
    expect(vendor.received).toEqual(['a', 'a']);
    expect(ledger.violations).toEqual([]);
    const letters = await desk.log.deadLetters('hook', 0, 10);
    expect(letters.rows[0]?.row).toMatchObject({ class: 'server', attempt: 2 });
  });

  it('harms no event when the vendor refuses the credential, and goes on when there is a new one', async () => {
    desk = await openTestDesk(vendor.url);
    vendor.answer = answerWith(401);
    desk.switches();
    await desk.send(...ids(30));
    await desk.until((each) => each.retrying > 0);
    const lane = desk.delivery.lanes.get('hook');
    await eventually(() => lane?.hold !== null && lane?.flying().length === 0);
    const refused = vendor.received.length;
    expect((await desk.ledger()).dead).toBe(0);
    vendor.answer = answerWith(200);
    desk.credential = { usable: true, values: { secret: whsec }, revision: 2 };
    desk.delivery.credentialChanged('hook');
    const ledger = await desk.until((each) => each.terminal.confirmed === 30);
    expect(refused).toBeLessThanOrEqual(30);
    expect(ledger.violations).toEqual([]);
  });

  it('lets the cursor pass a hung request, and settles its late answer once', async () => {
    desk = await openTestDesk(vendor.url, { concurrency: 2 });
    let answerLate = () => {};
    vendor.answer = (request, response) => {
      if (request.headers['webhook-id'] === 'm0') answerLate = () => response.writeHead(200).end();
      else response.writeHead(200).end();
    };
    desk.switches();
    await desk.send(...ids(20));
    const passed = await desk.until((each) => each.terminal.confirmed === 19);
    expect(passed).toMatchObject({ retrying: 1, waiting: 0, violations: [] });
    answerLate();
    const done = await desk.until((each) => each.terminal.confirmed === 20);
    expect(done).toMatchObject({ retrying: 0, violations: [] });
    expect(vendor.received).toHaveLength(20);
  });

  it('notices nothing of a neighbour that hangs', async () => {
    const hung = await startVendor();
    hung.answer = () => {};
    desk = await openTestDesk(vendor.url);
    const to = (endpoint: string) =>
      destinationSchema.parse({ name: 'x', connector: 'webhook', endpoint, delivery: { timeoutMs: 60_000 } });
    await desk.delivery.apply(
      new Map([
        ['hook', to(vendor.url)],
        ['hung', to(hung.url)],
      ]),
    );
    desk.switches();
    await desk.send(...ids(500));
    await desk.until((each) => each.terminal.confirmed === 500);
    const { waiting, retrying, terminal } = await desk.ledger('hung');
    expect({ kept: waiting + retrying, confirmed: terminal.confirmed }).toEqual({ kept: 500, confirmed: 0 });
    await hung.close();
  });

  it('resends with the same key what was reset after the body arrived', async () => {
    desk = await openTestDesk(vendor.url);
    let isFirst = true;
    vendor.answer = (request, response) => {
      if (!isFirst) return void response.writeHead(200).end();
      isFirst = false;
      request.socket.destroy();
    };
    desk.switches();
    await desk.send('a');
    await desk.until((each) => each.terminal.confirmed === 1);
    expect(vendor.received).toEqual(['a', 'a']);
  });

  it('holds only the events of a parked name, and releases them when it opens', async () => {
    desk = await openTestDesk(vendor.url);
    const name = { type: 'event', event: 'Order' } as const;
    desk.switches({ scope: name, mode: 'park' });
    await desk.send(...ids(10, 'order'));
    await desk.sendNamed('Other', ...ids(10, 'other'));
    const held = await desk.until((each) => each.terminal.confirmed === 10 && each.held === 10);
    expect(held.violations).toEqual([]);
    expect(vendor.received.every((id) => id.startsWith('other'))).toBe(true);
    desk.switches({ scope: name, mode: 'flow', opening: { backlog: { choice: 'drain' }, throughSeq: 20 } });
    const open = await desk.until((each) => each.terminal.confirmed === 20);
    expect(open).toMatchObject({ held: 0, violations: [] });
    expect(vendor.received).toHaveLength(20);
  });

  it('opens from now on and keeps the backlog parked until somebody drains it', async () => {
    desk = await openTestDesk(vendor.url);
    desk.switches(park);
    await desk.send(...ids(10, 'old'));
    desk.switches({ scope: hook, mode: 'flow', opening: { backlog: { choice: 'fromNow' }, throughSeq: 10 } });
    await desk.send(...ids(5, 'new'));
    const ledger = await desk.until((each) => each.terminal.confirmed === 5 && each.held === 10);
    expect(ledger.violations).toEqual([]);
    desk.switches({ scope: hook, mode: 'flow', opening: { backlog: { choice: 'drain' }, throughSeq: 15 } });
    await desk.until((each) => each.terminal.confirmed === 15 && each.held === 0);
  });

  it('discards the backlog as dropped when told so, and counts each event', async () => {
    desk = await openTestDesk(vendor.url);
    desk.switches(park);
    await desk.send(...ids(10));
    desk.switches({ scope: hook, mode: 'flow', opening: { backlog: { choice: 'discard' }, throughSeq: 10 } });
    const ledger = await desk.until((each) => each.terminal.dropped === 10);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toEqual([]);
  });

  it('opens its breaker when the vendor is down, and uses up no attempts meanwhile', async () => {
    desk = await openTestDesk(vendor.url, { maxAttempts: 3 });
    vendor.answer = answerWith(503);
    desk.switches();
    await desk.send(...ids(300));
    const lane = desk.delivery.lanes.get('hook');
    await eventually(() => lane?.breaker.state === 'open' && lane.flying().length === 0);
    const tried = vendor.received.length;
    expect(tried).toBeLessThan(100);
    const ledger = await desk.ledger();
    expect(ledger.dead).toBe(0);
    expect(ledger.violations).toEqual([]);
  });
});
