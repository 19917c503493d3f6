import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connector } from '#gateway/connectors/connector.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { createIsolation } from './isolation.ts';
import { createLaneNotes, type LaneNotes } from './lane-notes.ts';
import { eventually, openTestDesk, type TestDesk } from './testing/desk.ts';
import { poisonous } from './testing/poison.ts';
import { answerWith, startVendor, type Vendor } from './testing/vendor.ts';

let vendor: Vendor;
let desk: TestDesk;

const registry = createRegistry();
const connector = (id: string) => {
  const found = registry.get(id);
  return found && poisonous(found, { exits() {} });
};

beforeEach(async () => {
  vendor = await startVendor();
});
afterEach(async () => {
  await desk.close();
  await vendor.close();
});

async function deadLetters() {
  const { rows } = await desk.log.deadLetters('hook', 0, 100);
  return rows.map(({ row, record }) => ({ messageId: record?.messageId, class: row.class, detail: row.detail }));
}

describe('an event on which the connector throws', () => {
  it('is found by halving, becomes a dead letter, and stops nobody else', async () => {
    // The webhook takes one event a request, so that only its encoding is halved.
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { connector: batching });
    await desk.send('a', 'b', 'c');
    await desk.sendNamed('throws', 'bad');
    await desk.send('d', 'e');
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.confirmed === 5 && each.dead === 1);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await deadLetters()).toEqual([{ messageId: 'bad', class: 'poison', detail: 'the connector fails on it: TypeError' }]);
    expect(desk.bugs.length).toBeGreaterThan(0);
    expect(desk.delivery.lanes.get('hook')?.hold).toBeNull();
  });

  it('stops its lane where every event does so: then the connector is broken, and no event is given up for it', async () => {
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { connector });
    desk.switches();
    await desk.sendNamed('throws', ...Array.from({ length: 200 }, (_, index) => `m${index}`));
    await eventually(() => desk.delivery.lanes.get('hook')?.hold !== null);
    const ledger = await desk.until((each) => each.waiting + each.retrying + each.dead === 200);
    expect(ledger.dead).toBeLessThan(30);
    expect(vendor.received).toEqual([]);
  });

  it('says nothing of the event where it tells of the error', async () => {
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { connector });
    desk.switches();
    await desk.sendNamed('throws', 'bad');
    await desk.until((each) => each.dead === 1);
    expect(JSON.stringify(await deadLetters())).not.toContain('ana@example.com');
  });
});

/** The webhook's connector, given many events at once as vendors with batches are. */
function batching(id: string): Connector | null {
  const found = connector(id);
  return found && { ...found, maxBatch: 100 };
}

describe('an answer on which the connector throws', () => {
  it('is no verdict: the event is sent again with the same key', async () => {
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { connector });
    vendor.answer = (request, response) => answerWith(vendor.received.length === 1 ? 299 : 200)(request, response);
    desk.switches();
    await desk.send('a');
    const ledger = await desk.until((each) => each.terminal.confirmed === 1);
    expect(vendor.received).toEqual(['a', 'a']);
    expect(ledger.violations).toEqual([]);
    expect(desk.delivery.lanes.get('hook')?.hold).toBeNull();
  });
});

describe('a lane on which the process died three times', () => {
  const died = (times: number): LaneNotes => ({ ...createLaneNotes(null), deathsAt: () => times });

  it('sends its events one by one, each encoded in a worker', async () => {
    desk = await openTestDesk(vendor.url, { batchSize: 50 }, createMemoryLog(), null, { notes: died(3) });
    await desk.send('a', 'b', 'c');
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.confirmed === 3);
    expect(vendor.received).toEqual(['a', 'b', 'c']);
    expect(ledger.violations).toEqual([]);
    expect(desk.delivery.lanes.get('hook')?.isApart).toBe(true);
    expect(desk.bugs).toEqual([]);
  });

  it('goes on as ever where it died less often', async () => {
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { notes: died(2) });
    expect(desk.delivery.lanes.get('hook')?.isApart).toBe(false);
  });

  it('writes down that it works before it encodes anything, and only once', async () => {
    const notes = createLaneNotes(null);
    const begin = vi.spyOn(notes, 'begin');
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { notes });
    await desk.send('a', 'b');
    expect(begin).not.toHaveBeenCalled();
    desk.switches();
    await desk.until((each) => each.terminal.confirmed === 2);
    expect(begin.mock.calls).toEqual([['hook', 0]]);
  });

  it('loses nothing of what is encoded apart when it is parked or closed meanwhile', async () => {
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { notes: died(3) });
    await desk.send(...Array.from({ length: 50 }, (_, index) => `m${index}`));
    desk.switches();
    await eventually(() => vendor.received.length > 3);
    desk.switches({ scope: { type: 'destination', destination: 'hook' }, mode: 'park' });
    await eventually(() => desk.delivery.lanes.get('hook')?.flying().length === 0);
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.confirmed === 50);
    expect(ledger.violations).toEqual([]);
    expect(new Set(vendor.received).size).toBe(50);
  });

  it('makes a dead letter of the event at fault, and delivers the others', async () => {
    const isolation = () => createIsolation({ worker: new URL('./testing/poison-worker.ts', import.meta.url), timeoutMs: 300 });
    desk = await openTestDesk(vendor.url, {}, createMemoryLog(), null, { notes: died(3), isolation });
    await desk.send('a', 'b');
    await desk.sendNamed('hangs', 'bad');
    await desk.sendNamed('exits', 'worse');
    await desk.send('c');
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.confirmed === 3 && each.dead === 2);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toEqual(['a', 'b', 'c']);
    expect(await deadLetters()).toEqual([
      { messageId: 'bad', class: 'poison', detail: 'its encoding takes longer than 300 ms; the gateway died on this lane before' },
      { messageId: 'worse', class: 'poison', detail: 'its encoding ends the process; the gateway died on this lane before' },
    ]);
  });
});
