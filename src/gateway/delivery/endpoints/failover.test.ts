import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import type { Endpoints, Failover } from '#contract/documents/endpoints.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { isConsented, preferencesOf } from '#gateway/pipeline/consent.ts';
import { eventually, openTestDesk, type TestDesk } from '../testing/desk.ts';
import { answerWith, startVendor, type Vendor } from '../testing/vendor.ts';
import type { Choice } from './choose-endpoint.ts';
import type { FailoverDeps } from './failover.ts';

let primary: Vendor;
let other: Vendor;
let desk: TestDesk;
/** What was written down, newest last. */
let recorded: Failover[];
let mayRecord: boolean;
let attempts = 0;
/** Requests with an event, in order: who got which, and who was busy then. */
let starts: { readonly at: 'primary' | 'eu'; readonly id: string; readonly otherBusy: number }[];
let busy: Record<'primary' | 'eu', number>;

const ids = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const down = answerWith(503);
const up = answerWith(200);

/** Counts what is under way at a vendor, and answers events as `answer` says. Probes get a 200 unless the vendor is down. */
function watch(vendor: Vendor, name: 'primary' | 'eu', answer: (request: IncomingMessage, response: ServerResponse) => void): void {
  vendor.answer = (request, response) => {
    const id = request.headers['webhook-id'];
    if (typeof id === 'string') {
      starts.push({ at: name, id, otherBusy: busy[name === 'primary' ? 'eu' : 'primary'] });
      busy[name]++;
      response.on('close', () => busy[name]--);
    }
    answer(request, response);
  };
}
const got = (name: 'primary' | 'eu') => starts.filter(({ at }) => at === name).map(({ id }) => id);

beforeEach(async () => {
  [primary, other] = [await startVendor(), await startVendor()];
  [recorded, mayRecord, starts, busy] = [[], true, [], { primary: 0, eu: 0 }];
  watch(primary, 'primary', up);
  watch(other, 'eu', up);
});
afterEach(async () => {
  await desk.close();
  await Promise.all([primary.close(), other.close()]);
  expect(desk.bugs).toEqual([]);
});

const deps: FailoverDeps = {
  last: () => {
    const value = recorded.at(-1);
    return value === undefined ? null : { value, at: 0 };
  },
  record(_, { active, domain, pinned }: Choice) {
    attempts++;
    if (mayRecord) recorded.push({ active, dedupeDomain: domain, pinned });
    return mayRecord;
  },
  consentGate: (policy) => (event) => !isConsented(policy, [preferencesOf(event.context) ?? {}]),
};

type Wanted = Partial<Endpoints> & { readonly domain?: string; readonly consent?: unknown };

function destinationOf(
  { domain = 'primary', consent, ...endpoints }: Wanted,
  delivery: Partial<Destination['delivery']> = {},
): Destination {
  return destinationSchema.parse({
    name: 'Hook',
    connector: 'webhook',
    endpoint: primary.url,
    endpoints: {
      healthyMs: 200,
      dwellMs: 50,
      others: [{ id: 'eu', url: other.url, dedupeDomain: domain, ...(consent === undefined ? {} : { consent }) }],
      ...endpoints,
    },
    delivery: { batchWaitMs: 0, concurrency: 4, timeoutMs: 2000, breaker: { minCalls: 4, openMs: 100 }, ...delivery },
  });
}

async function open(wanted: Wanted, delivery: Partial<Destination['delivery']> = {}, log = createMemoryLog()): Promise<void> {
  desk = await openTestDesk(primary.url, {}, log, null, { failover: deps }, destinationOf(wanted, delivery));
  desk.switches();
}
const lane = () => desk.delivery.lanes.get('hook');
const active = () => lane()?.endpoints.choice?.active;

describe('a destination with two endpoints that know each other’s events', () => {
  it('is served by the second while the first is down, and by the first again once that is healthy; nothing is lost', async () => {
    await open({});
    await desk.send(...ids(20, 'before'));
    await desk.until((each) => each.terminal.confirmed === 20);
    expect(got('eu')).toEqual([]);
    watch(primary, 'primary', down);
    await desk.send(...ids(40, 'during'));
    await desk.until((each) => each.terminal.confirmed === 60);
    expect(active()).toBe('eu');
    watch(primary, 'primary', up);
    await eventually(() => active() === 'primary');
    await desk.send(...ids(20, 'after'));
    const ledger = await desk.until((each) => each.terminal.confirmed === 80);
    expect(ledger).toMatchObject({ dead: 0, violations: [] });
    expect(got('eu').every((id) => id.startsWith('during'))).toBe(true);
    expect(recorded.map((each) => each.active)).toEqual(['eu', 'primary']);
  });

  it('sends again at the second what the first may have got: they recognise it', async () => {
    await open({}, { maxAttempts: 50 });
    watch(primary, 'primary', (request) => void request.socket.destroy());
    await desk.send(...ids(10, 'm'));
    await desk.until((each) => each.terminal.confirmed === 10);
    expect(new Set(got('eu')).size).toBe(10);
  });

  it('goes where a person sends it, and stays there', async () => {
    await open({});
    const choice = { ...(lane()?.endpoints.choice as Choice), active: 'eu', pinned: true };
    expect(await desk.delivery.pickEndpoint('hook', choice, () => true)).toBe('used');
    await desk.send(...ids(10, 'm'));
    await desk.until((each) => each.terminal.confirmed === 10);
    expect(got('primary')).toEqual([]);
    // Healthy for longer than a return would ask for.
    const probed = primary.received.length;
    await eventually(() => primary.received.length >= probed + 4);
    expect(active()).toBe('eu');
  });

  it('spreads load by weight, leaves out who fails, and takes them in again', async () => {
    await open({ mode: 'spread', weight: 3 });
    await desk.send(...ids(200, 'm'));
    await desk.until((each) => each.terminal.confirmed === 200);
    expect(got('eu').length).toBeGreaterThan(30);
    expect(got('eu').length).toBeLessThan(70);
    watch(other, 'eu', down);
    await desk.send(...ids(200, 'n'));
    await desk.until((each) => each.terminal.confirmed === 400);
    watch(other, 'eu', up);
    await eventually(() => lane()?.endpoints.routes[1]?.breaker.state !== 'open');
    await desk.send(...ids(100, 'o'));
    await desk.until((each) => each.terminal.confirmed === 500);
    expect(got('eu').filter((id) => id.startsWith('o')).length).toBeGreaterThan(0);
  });
});

describe('a destination with endpoints in two dedupe domains', () => {
  const apart = { domain: 'eu' } as const;

  it('moves only when nothing is under way any more, and writes that down before the first event', async () => {
    await open(apart, { maxAttempts: 50 });
    watch(primary, 'primary', (_, response) => void setTimeout(() => response.writeHead(503).end(), 20));
    await desk.send(...ids(40, 'm'));
    await desk.until((each) => each.terminal.confirmed === 40);
    expect(recorded.at(-1)).toEqual({ active: 'eu', dedupeDomain: 'eu', pinned: false });
    expect(starts.filter(({ otherBusy }) => otherBusy > 0)).toEqual([]);
    expect((await desk.ledger()).violations).toEqual([]);
  });

  it('keeps an event that may have arrived at the first for the first, and sends the others to the second', async () => {
    await open(apart, { maxAttempts: 50, timeoutMs: 500 });
    const unsure = new Set(ids(2, 'unsure'));
    let isDown = true;
    watch(primary, 'primary', (request, response) => {
      if (!isDown) return up(request, response);
      // The body is in; then the line is cut: nobody knows.
      if (unsure.has(String(request.headers['webhook-id']))) return void request.socket.destroy();
      down(request, response);
    });
    await desk.send(...unsure, ...ids(30, 'm'));
    await desk.until((each) => each.terminal.confirmed === 30 && each.retrying === 2);
    expect(got('eu').filter((id) => unsure.has(id))).toEqual([]);
    isDown = false;
    await eventually(() => active() === 'primary');
    await desk.until((each) => each.terminal.confirmed === 32);
    expect(got('eu').filter((id) => unsure.has(id))).toEqual([]);
    expect((await desk.ledger()).violations).toEqual([]);
  }, 40_000);

  it('stays where it is while the move cannot be written down', async () => {
    mayRecord = false;
    attempts = 0;
    await open(apart, { maxAttempts: 50 });
    watch(primary, 'primary', down);
    await desk.send(...ids(10, 'm'));
    await eventually(() => attempts > 0 && active() !== undefined);
    expect({ active: active(), eu: got('eu') }).toEqual({ active: 'primary', eu: [] });
    watch(primary, 'primary', up);
    await desk.until((each) => each.terminal.confirmed === 10);
  });

  it('after a crash leaves what may have been in flight where it may be, and moves on with the rest', async () => {
    const log = createMemoryLog();
    recorded.push({ active: 'eu', dedupeDomain: 'eu', pinned: false });
    await open(apart, {}, log);
    // As a process leaves it that died at the other endpoint: read, perhaps sent, never settled.
    desk.switches({ scope: { type: 'destination', destination: 'hook' }, mode: 'park' });
    await desk.send(...ids(20, 'inflight'));
    const died = desk;
    watch(other, 'eu', down);
    await open(apart, { maxAttempts: 50 }, log);
    expect(active()).toBe('eu');
    await eventually(() => active() === 'primary');
    await desk.send(...ids(20, 'new'));
    await desk.until((each) => each.terminal.confirmed === 20 && each.retrying === 20);
    expect(got('primary').every((id) => id.startsWith('new'))).toBe(true);
    watch(other, 'eu', up);
    const choice = { ...(lane()?.endpoints.choice as Choice), active: 'eu', domain: 'eu', pinned: true };
    expect(await desk.delivery.pickEndpoint('hook', choice, () => deps.record('hook', choice))).toBe('used');
    const ledger = await desk.until((each) => each.terminal.confirmed === 40);
    expect(ledger.violations).toEqual([]);
    expect(got('primary').some((id) => id.startsWith('inflight'))).toBe(false);
    await died.delivery.close(0).catch(() => undefined);
  }, 40_000);
});

describe('an endpoint that asks for consent of its own', () => {
  it('gets no event whose person did not give it; that waits for the first', async () => {
    await open({ consent: { categories: ['transfer-us'] } }, { maxAttempts: 50 });
    watch(primary, 'primary', down);
    await desk.send(...ids(30, 'm'));
    await eventually(() => active() === 'eu');
    const ledger = await desk.until((each) => each.held + each.retrying === 30);
    expect(got('eu')).toEqual([]);
    expect(ledger.violations).toEqual([]);
    watch(primary, 'primary', up);
    await eventually(() => active() === 'primary');
    const done = await desk.until((each) => each.terminal.confirmed === 30);
    expect(done).toMatchObject({ held: 0, violations: [] });
    expect(got('eu')).toEqual([]);
  }, 40_000);
});
