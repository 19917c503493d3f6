import { expect, it } from 'vitest';
import type { EventLog, SideRow } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { eventually, openTestDesk } from './testing/desk.ts';
import { answerWith, startVendor } from './testing/vendor.ts';

/** A log whose reads of due rows can be held back: what they answer is then older than what was settled meanwhile. */
function withSlowRows(log: EventLog): { readonly log: EventLog; hold(): void; release(): void; readonly held: () => number } {
  let waiting: (() => void)[] = [];
  let isHolding = false;
  async function dueRetries(...args: Parameters<EventLog['dueRetries']>): Promise<readonly SideRow[]> {
    const rows = await log.dueRetries(...args);
    if (isHolding) await new Promise<void>((resolve) => waiting.push(resolve));
    return rows;
  }
  const slow = new Proxy(log, {
    get(target, key) {
      if (key === 'dueRetries') return dueRetries;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    log: slow,
    hold() {
      isHolding = true;
    },
    release() {
      isHolding = false;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    held: () => waiting.length,
  };
}

it('a row that ends while rows are being read is not taken up again', async () => {
  const vendor = await startVendor();
  const slow = withSlowRows(createMemoryLog());
  const desk = await openTestDesk(vendor.url, { maxAttempts: 1 }, slow.log);
  desk.switches();
  vendor.answer = answerWith(400);
  await desk.send('first', 'second');
  await desk.until((ledger) => ledger.dead === 2);
  vendor.received.length = 0;

  let answer = () => {};
  vendor.answer = (_, response) => {
    if (vendor.received.at(-1) === 'first') answer = () => void response.writeHead(200).end();
    else response.writeHead(200).end();
  };
  const lane = desk.delivery.lanes.get('hook');
  if (!lane) throw new Error('no lane');
  await slow.log.replaying.openReplay('hook', lane.epoch, 'r');
  const give = async (seq: number) => {
    await slow.log.replaying.give('hook', lane.epoch, { id: 'r', seqs: [seq], through: seq, dueAt: 0, mints: false });
    lane.rowsChanged({ retrying: 1, dead: -1 });
  };
  await give(1);
  await eventually(() => vendor.received.includes('first'));
  slow.hold();
  await give(2);
  await eventually(() => slow.held() > 0);
  answer();
  await desk.until((ledger) => ledger.terminal.confirmed === 1);
  await eventually(() => lane.counts.retrying === 1);
  slow.release();

  const ledger = await desk.until((each) => each.terminal.confirmed === 2);
  expect(ledger).toMatchObject({ retrying: 0, dead: 0, violations: [] });
  expect(vendor.received).toEqual(['first', 'second']);
  expect(desk.bugs).toEqual([]);
  await desk.close();
  await vendor.close();
});
