import { describe, expect, it, onTestFinished } from 'vitest';
import { createFolder } from '#gateway/log/testing/sqlite-folder.ts';
import { wrapped } from '#gateway/log/testing/wrapped.ts';
import { openVendors, type Vendors } from './testing/two-vendors.ts';

const scope = { type: 'destination', destination: 'hook' } as const;
const toSpare = { scope, mode: 'divert', to: 'spare' };
const sorted = ({ received }: { readonly received: readonly string[] }) => received.toSorted();

/** `a0`, `a1` and so on. */
const many = (count: number, prefix = 'a') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe('a destination that is diverted', () => {
  it('has its events delivered by the other one, and counts them', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare']);
    desk.switches(toSpare);
    await sendTo(['hook'], 'Order', 'a', 'b', 'c');
    expect(await until('spare', ({ terminal }) => terminal.confirmed === 3)).toMatchObject({ divertedIn: 3, filtered: 3 });
    expect(await until('hook', ({ terminal }) => terminal.diverted === 3)).toMatchObject({ waiting: 0, retrying: 0 });
    expect([vendor('hook').received, sorted(vendor('spare'))]).toEqual([[], ['a', 'b', 'c']]);
    expect(desk.delivery.lanes.get('spare')?.counts.retrying).toBe(0);
    expect(desk.bugs).toEqual([]);
  });

  it('diverts thousands while they come', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare']);
    desk.switches(toSpare);
    await sendTo(['hook'], 'Order', ...many(3000));
    await until('hook', ({ terminal }) => terminal.diverted === 3000);
    await until('spare', ({ terminal }) => terminal.confirmed === 3000);
    expect(sorted(vendor('spare'))).toEqual(many(3000).toSorted());
  });

  it('gives the other one nothing that it gets by its own route', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare']);
    desk.switches(toSpare);
    await sendTo(['hook', 'spare'], 'Order', 'a');
    await until('hook', ({ terminal }) => terminal.diverted === 1);
    expect(await until('spare', ({ terminal }) => terminal.confirmed === 1)).toMatchObject({ divertedIn: 0 });
    expect(vendor('spare').received).toEqual(['a']);
  });

  it('diverts only what a narrower switch covers', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare']);
    desk.switches({ scope: { type: 'event', event: 'Order' }, mode: 'divert', to: 'spare' });
    await sendTo(['hook'], 'Order', 'a');
    await sendTo(['hook'], 'Page', 'b');
    await until('hook', ({ terminal }) => terminal.confirmed === 1 && terminal.diverted === 1);
    await until('spare', ({ terminal }) => terminal.confirmed === 1);
    expect([vendor('hook').received, vendor('spare').received]).toEqual([['b'], ['a']]);
  });

  it('passes events on along a chain', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare', 'last']);
    desk.switches(toSpare, { scope: { type: 'destination', destination: 'spare' }, mode: 'divert', to: 'last' });
    await sendTo(['hook'], 'Order', 'a');
    await until('last', ({ terminal }) => terminal.confirmed === 1);
    expect(await until('spare', ({ terminal }) => terminal.diverted === 1)).toMatchObject({ divertedIn: 1 });
    expect(vendor('last').received).toEqual(['a']);
  });

  it('leaves them with the other one while that is parked', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare']);
    const park = { scope: { type: 'destination', destination: 'spare' }, mode: 'park' };
    desk.switches(toSpare, park);
    await sendTo(['hook'], 'Order', 'a');
    expect(await until('hook', ({ terminal }) => terminal.diverted === 1)).toBeDefined();
    expect(await until('spare', ({ retrying }) => retrying === 1)).toMatchObject({ divertedIn: 1 });
    desk.switches(toSpare);
    await until('spare', ({ terminal }) => terminal.confirmed === 1);
    expect(vendor('hook').received).toEqual([]);
  });

  it('sends itself again what comes after it was opened', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare']);
    desk.switches(toSpare);
    await sendTo(['hook'], 'Order', 'a');
    await until('spare', ({ terminal }) => terminal.confirmed === 1);
    desk.switches();
    await sendTo(['hook'], 'Order', 'b');
    await until('hook', ({ terminal }) => terminal.confirmed === 1);
    expect([vendor('hook').received, vendor('spare').received]).toEqual([['b'], ['a']]);
  });
});

describe('a destination that cannot send', () => {
  /** Without a credential, with ten thousand events waiting. */
  async function stuck(): Promise<Vendors> {
    const vendors = await openVendors(['hook', 'spare']);
    vendors.allow('hook', false);
    await vendors.sendTo(['hook'], 'Order', ...many(10_000, 'old'));
    return vendors;
  }

  it('diverts what comes after the command, and keeps what came before until it can', async () => {
    const { desk, log, vendor, sendTo, until, allow } = await stuck();
    desk.switches({ ...toSpare, fromSeq: log.head() });
    await sendTo(['hook'], 'Order', 'a', 'b');
    await until('spare', ({ terminal }) => terminal.confirmed === 2);
    expect(await until('hook', ({ terminal }) => terminal.diverted === 2)).toMatchObject({ held: 10_000 });
    allow('hook', true);
    await until('hook', ({ terminal }) => terminal.confirmed === 10_000);
    expect(sorted(vendor('spare'))).toEqual(['a', 'b']);
    expect(new Set(vendor('hook').received).size).toBe(10_000);
  });

  it('diverts all that waits where that was asked for', async () => {
    const { desk, vendor, until } = await stuck();
    desk.switches(toSpare);
    await until('hook', ({ terminal }) => terminal.diverted === 10_000);
    await until('spare', ({ terminal }) => terminal.confirmed === 10_000);
    expect(new Set(vendor('spare').received).size).toBe(10_000);
  });

  it('diverts what it would try again much later, at once', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook', 'spare']);
    desk.switches();
    vendor('hook').answer = (_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end();
    await sendTo(['hook'], 'Order', 'a');
    await until('hook', ({ retrying }) => retrying === 1);
    desk.switches(toSpare);
    await until('spare', ({ terminal }) => terminal.confirmed === 1);
    expect(await until('hook', ({ terminal }) => terminal.diverted === 1)).toMatchObject({ retrying: 0 });
  });
});

describe('a divert whose target goes', () => {
  it('parks, loses nothing, and goes on when the target is there again', async () => {
    const { desk, vendor, sendTo, until, have } = await openVendors(['hook', 'spare']);
    desk.switches(toSpare);
    await sendTo(['hook'], 'Order', 'a');
    await until('spare', ({ terminal }) => terminal.confirmed === 1);
    await have('hook');
    await sendTo(['hook'], 'Order', 'b');
    expect(desk.delivery.lanes.get('hook')?.rules.parked?.why).toContain('diverted to spare, which does not exist');
    expect(await until('hook', ({ waiting }) => waiting === 1)).toMatchObject({ terminal: { diverted: 1 } });
    await have('hook', 'spare');
    await until('spare', ({ terminal }) => terminal.confirmed === 1);
    expect([vendor('hook').received, vendor('spare').received]).toEqual([[], ['a', 'b']]);
    expect(desk.bugs).toEqual([]);
  });
});

describe('a crash between the gift and its settle', () => {
  it.each([
    { switches: [toSpare], after: 'spare', when: 'still diverted' },
    { switches: [], after: 'hook', when: 'opened meanwhile' },
  ])('loses nothing and gives nothing twice: $when', async ({ switches, after }) => {
    const folder = createFolder();
    onTestFinished(() => folder.remove());
    let copied = false;
    const opened = await folder.open(
      {},
      wrapped((worker, call, input) => {
        if (copied || worker !== 'lanes' || call !== 'settle' || !JSON.stringify(input).includes('"ended":{"diverted"')) return;
        copied = true;
        folder.crash();
      }),
    );
    const before = await openVendors(['hook', 'spare'], opened);
    before.desk.switches(toSpare);
    await before.sendTo(['hook'], 'Order', 'a', 'b', 'c');
    await before.until('hook', ({ terminal }) => terminal.diverted === 3);
    await before.until('spare', ({ terminal }) => terminal.confirmed === 3);

    const log = await folder.open({});
    const given = await log.diverting.unsettled('hook');
    expect(given.length).toBeGreaterThan(0);
    const { desk, vendor, until, sendTo } = await openVendors(['hook', 'spare'], log);
    // Only what was given away before the crash is sure to be diverted where the switch is open by now.
    desk.switches(...switches);
    await sendTo(['hook'], 'Order', 'last');
    await until(after, ({ terminal }) => vendor(after).received.includes('last') && terminal.confirmed > 0);
    const hook = await until('hook', ({ waiting, retrying }) => waiting + retrying === 0);
    const spare = await until('spare', ({ retrying }) => retrying === 0);
    expect(hook.terminal.diverted + hook.terminal.confirmed).toBe(4);
    expect(hook.terminal.diverted).toBe(spare.divertedIn);
    expect(hook.terminal.diverted).toBeGreaterThanOrEqual(given.length);
    expect([...vendor('hook').received, ...vendor('spare').received].filter((id, at, all) => all.indexOf(id) !== at)).toEqual([]);
    expect(await log.diverting.unsettled('hook')).toEqual([]);
  });
});

describe('a destination that gets a sample', () => {
  it('is sent its share, and the rest is dropped', async () => {
    const { desk, vendor, sendTo, until } = await openVendors(['hook']);
    desk.switches({ scope, mode: 'sample', share: 0.25 });
    await sendTo(['hook'], 'Order', ...many(400));
    const { terminal } = await until(
      'hook',
      ({ waiting, retrying, terminal: { confirmed, dropped } }) => waiting + retrying === 0 && confirmed + dropped === 400,
    );
    expect(terminal.confirmed).toBe(vendor('hook').received.length);
    expect(terminal.confirmed).toBeGreaterThan(60);
    expect(terminal.confirmed).toBeLessThan(140);
  });
});
