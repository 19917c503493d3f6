import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '#gateway/connectors/connector.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { eventually, openTestDesk, type TestDesk } from './testing/desk.ts';
import { answerWith, startVendor, type Vendor } from './testing/vendor.ts';

const park = { scope: { type: 'destination', destination: 'hook' }, mode: 'park' } as const;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

let vendor: Vendor;
let desks: TestDesk[];

beforeEach(async () => {
  vendor = await startVendor();
  desks = [];
});
afterEach(async () => {
  await vendor.close();
  for (const desk of desks) await desk.close().catch(() => {});
});

/** The webhook's connector as one of a vendor that cannot recognise a resend. */
function forgetful(id: string): Connector | null {
  const found = createRegistry().get(id);
  return found && { ...found, dedupe: 'none', dedupeKey: () => null };
}

async function open(onUncertain: 'dead' | 'resend' = 'dead', log: EventLog = createMemoryLog(), delivery = {}): Promise<TestDesk> {
  const desk = await openTestDesk(vendor.url, { onUncertain, ...delivery }, log, null, { connector: forgetful });
  desks.push(desk);
  return desk;
}
const classes = async (desk: TestDesk) => (await desk.log.deadLetters('hook', 0, 10)).rows.map(({ row }) => row.class);

describe('a destination that must not get an event twice', () => {
  it('gets each event once', async () => {
    const desk = await open();
    desk.switches();
    await desk.send(...ids(200));
    const ledger = await desk.until((each) => each.terminal.confirmed === 200);
    expect(ledger).toMatchObject({ retrying: 0, dead: 0, violations: [] });
    expect(vendor.received).toHaveLength(200);
    expect(desk.bugs).toEqual([]);
  });

  it('gets an event again that it refused to take for now, because that was a verdict', async () => {
    const desk = await open();
    vendor.answer = (request, response) => answerWith(vendor.received.length === 1 ? 503 : 200)(request, response);
    desk.switches();
    await desk.send('a');
    const ledger = await desk.until((each) => each.terminal.confirmed === 1);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toEqual(['a', 'a']);
  });

  it('does not get an event again that had no verdict', async () => {
    const desk = await open();
    vendor.answer = (request) => request.socket.destroy();
    desk.switches();
    await desk.send('a');
    await desk.until((each) => each.dead === 1);
    expect(vendor.received).toEqual(['a']);
    expect(await classes(desk)).toEqual(['uncertain']);
  });

  it('does not get an event again that was on its way when the process died', async () => {
    const log = createMemoryLog();
    const first = await open('dead', log);
    vendor.answer = () => {};
    first.switches();
    await first.send('a');
    await eventually(() => vendor.received.length === 1);
    // Another owner takes the lane, as a new process does: the first one settles nothing any more.
    const second = await open('dead', log);
    second.switches();
    const ledger = await second.until((each) => each.dead === 1);
    expect(ledger.violations).toEqual([]);
    expect(vendor.received).toEqual(['a']);
    expect(await classes(second)).toEqual(['uncertain']);
  });

  it('gets it again where its owner wants that', async () => {
    const log = createMemoryLog();
    const first = await open('resend', log);
    vendor.answer = () => {};
    first.switches();
    await first.send('a');
    await eventually(() => vendor.received.length === 1);
    vendor.answer = answerWith(200);
    const second = await open('resend', log);
    second.switches();
    await second.until((each) => each.terminal.confirmed === 1);
    expect(vendor.received).toEqual(['a', 'a']);
  });

  it('gets, once, what was written down and not sent when it was parked', async () => {
    const desk = await open('dead', createMemoryLog(), { concurrency: 2 });
    const answers: (() => void)[] = [];
    vendor.answer = (_, response) => void answers.push(() => response.writeHead(200).end());
    desk.switches();
    await desk.send(...ids(40));
    await eventually(() => answers.length === 2);
    desk.switches(park);
    vendor.answer = answerWith(200);
    for (const answer of answers.splice(0)) answer();
    await eventually(() => desk.delivery.lanes.get('hook')?.flying().length === 0);
    desk.switches();
    const ledger = await desk.until((each) => each.terminal.confirmed === 40);
    expect(ledger).toMatchObject({ dead: 0, retrying: 0, violations: [] });
    expect(new Set(vendor.received).size).toBe(40);
    expect(vendor.received).toHaveLength(40);
    expect(desk.bugs).toEqual([]);
  });
});
