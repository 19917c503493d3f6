import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appended, batchRequest, deltaOf, sideRow } from '#gateway/log/testing/requests.ts';
import { concludeWithoutLane } from './concluding.ts';
import { openTestDesk, type TestDesk } from './testing/desk.ts';
import { answerWith, startVendor, type Vendor } from './testing/vendor.ts';

let vendor: Vendor;
let desk: TestDesk;
beforeEach(async () => {
  vendor = await startVendor();
  desk = await openTestDesk(vendor.url, { maxAttempts: 50 });
});
afterEach(async () => {
  await desk.close();
  await vendor.close();
  expect(desk.bugs).toEqual([]);
});

async function conclude(...seqs: number[]): Promise<number> {
  let ended = 0;
  for (;;) {
    const done = await desk.delivery.lanes.get('hook')?.concluding.conclude(seqs);
    if (!done) throw new Error('no lane');
    ended += done.ended;
    if (done.busy === 0) return ended;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const park = { scope: { type: 'destination', destination: 'hook' }, mode: 'park' };

describe('what is owed of an erased event', () => {
  it('ends as suppressed in a lane that retries, and the others go on', async () => {
    vendor.answer = answerWith(503);
    desk.switches();
    await desk.send('a', 'b', 'c');
    await desk.until(({ retrying }) => retrying === 3);
    expect(await conclude(1, 3)).toBe(2);
    expect(await desk.until(({ terminal }) => terminal.suppressed === 2)).toMatchObject({ retrying: 1, violations: [] });
    vendor.answer = answerWith(200);
    const ledger = await desk.until(({ terminal }) => terminal.confirmed === 1);
    expect(ledger).toMatchObject({ retrying: 0, terminal: { suppressed: 2 }, violations: [] });
    expect(await conclude(1, 2, 3)).toBe(0);
  });

  it('ends as suppressed where it is dead, too, and leaves other dead letters', async () => {
    vendor.answer = answerWith(400);
    desk.switches();
    await desk.send('a', 'b', 'c');
    await desk.until(({ dead }) => dead === 3);
    expect(await conclude(2)).toBe(1);
    expect(await desk.ledger()).toMatchObject({ dead: 2, terminal: { suppressed: 1 }, violations: [] });
  });

  it('ends in a parked lane, whose cursor stays where it is', async () => {
    vendor.answer = answerWith(503);
    desk.switches();
    await desk.send('a', 'b');
    await desk.until(({ retrying }) => retrying === 2);
    desk.switches(park);
    await desk.send('c', 'd');
    expect(await conclude(1, 2, 3)).toBe(2);
    const ledger = await desk.until(({ terminal }) => terminal.suppressed === 2);
    expect(ledger).toMatchObject({ retrying: 0, waiting: 2, violations: [] });
    vendor.answer = answerWith(200);
    desk.switches();
    expect((await desk.until(({ waiting }) => waiting === 0)).violations).toEqual([]);
  });

  it('keeps nobody waiting for a request under way: it is asked for again', async () => {
    let answer = () => {};
    vendor.answer = answerWith(503);
    desk.switches();
    await desk.send('a');
    await desk.until(({ retrying }) => retrying === 1);
    vendor.answer = (_, response) => {
      answer = () => void response.writeHead(503).end();
    };
    const tried = vendor.received.length;
    while (vendor.received.length === tried) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await desk.delivery.lanes.get('hook')?.concluding.conclude([1])).toEqual({ ended: 0, busy: 1 });
    vendor.answer = answerWith(503);
    answer();
    expect(await conclude(1)).toBe(1);
    expect(await desk.until(({ terminal }) => terminal.suppressed === 1)).toMatchObject({ retrying: 0, violations: [] });
  });

  it('ends where the destination has no lane', async () => {
    const route = desk.log.route([await desk.log.register('gone')]);
    await appended(desk.log, batchRequest(desk.log, ['a1', 'a2', 'a3'], { route }));
    const { epoch } = await desk.log.open('gone');
    const put = [sideRow(1, 'dead', 9), sideRow(2, 'retrying', 9)];
    await desk.log.settle(deltaOf('gone', epoch, { cursor: 3, put, hold: [3] }));
    expect(await concludeWithoutLane(desk.log, 'gone', [1, 2, 3])).toEqual({ ended: 3, busy: 0 });
    expect(await desk.ledger('gone')).toMatchObject({ dead: 0, retrying: 0, held: 0, terminal: { suppressed: 3 }, violations: [] });
  });
});
