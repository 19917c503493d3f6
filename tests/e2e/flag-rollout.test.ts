/** A destination's rollout hangs on a flag: what it gets over real HTTP is what the flag says, and the ledger counts just that. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { withShare } from '#contract/documents/flag-share.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { until } from '#tests/support/until.ts';

const people = Array.from({ length: 200 }, (_, index) => `user-${index}`);
/** What arrived at the vendor. */
const received: { data: { userId: string; name: string } }[] = [];
let vendor: Server;
let gateway: BenchGateway;
let control: ControlClient;

beforeAll(async () => {
  vendor = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    received.push(JSON.parse(body));
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  const endpoint = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  gateway = await startGateway({
    config: {
      sources: [{ id: 'web', writeKey: 'rollout-key' }],
      destinations: [{ id: 'hook', connector: 'webhook', endpoint, credential: { env: 'HOOK' } }],
    },
    env: { HOOK: `whsec_${createHash('sha256').update('a test').digest('base64')}` },
  });
  control = connectControl(gateway.controlUrl, gateway.token);
  await put(5);
  const { documents } = await control.call('document.list', { kind: 'destination' });
  const value = { ...Object(documents[0]?.value), rollout: { flag: 'new-vendor' } };
  await control.call('destination.put', { id: 'hook', value });
});
afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  vendor.closeAllConnections();
  vendor.close();
});

const base = flagSchema.parse({
  variants: { on: true, off: false },
  defaultVariant: 'off',
  targeting: { if: [{ '===': [{ var: 'plan' }, 'pro'] }, 'on', null] },
});
function put(percent: number) {
  const value = withShare(base, 'on', percent);
  if (value === null) throw new Error('a test flag has the common shape');
  return control.call('flag.put', { id: 'new-vendor', value });
}

async function track(event: string, more: object = {}): Promise<void> {
  const batch = people.map((userId) => ({ type: 'track', userId, event, messageId: `${event}-${userId}`, ...more }));
  const authorization = `Basic ${Buffer.from('rollout-key:').toString('base64')}`;
  const response = await fetch(`${gateway.ingestUrl}/v1/batch`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify({ batch }),
  });
  expect(response.status).toBe(200);
}

/** Who got an event, once all that was routed has arrived; and that the ledger counts just that. */
async function reached(event: string): Promise<Set<string>> {
  await until(async () => {
    const hook = (await gateway.ledger()).ledgers.find(({ destination }) => destination === 'hook');
    expect(hook?.violations).toEqual([]);
    const { filtered = 0, confirmed = -1 } = hook?.states ?? {};
    if (hook?.cursor !== hook?.head) return false;
    return filtered + confirmed === Number(hook?.total) + Number(hook?.replayed) && confirmed === received.length;
  });
  return new Set(received.filter(({ data }) => data.name === event).map(({ data }) => data.userId));
}

it('gives a destination the events of a share of the people, always the same ones, and more of them as it grows', async () => {
  await put(25);
  await track('first');
  const quarter = await reached('first');
  expect(quarter.size).toBeGreaterThan(25);
  expect(quarter.size).toBeLessThan(75);
  await track('second');
  expect(await reached('second')).toEqual(quarter);
  await put(60);
  await track('third');
  const more = await reached('third');
  expect(more.size).toBeGreaterThan(quarter.size);
  expect([...quarter].filter((each) => !more.has(each))).toEqual([]);
});

it('gives it everybody of a segment, and nobody where the flag is off', async () => {
  await put(0);
  await track('paid', { context: { traits: { plan: 'pro' } } });
  expect((await reached('paid')).size).toBe(people.length);
  await control.call('flag.set', { id: 'new-vendor', state: 'DISABLED' });
  await track('closed', { context: { traits: { plan: 'pro' } } });
  expect((await reached('closed')).size).toBe(0);
});

it('gives it later what the flag kept back, by a replay', async () => {
  await put(100);
  const selection = { type: 'range', includeFiltered: true, event: 'closed' } as const;
  await control.call('replay.start', { destination: 'hook', selection, pacePerSecond: 10_000, confirm: 'hook', reason: 'now for all' });
  await until(async () => (await reached('closed')).size === people.length);
});

it('says when the flag was last asked for', async () => {
  const { flags } = await control.call('flag.usage', {});
  expect(flags).toEqual([{ id: 'new-vendor', evaluatedAt: expect.any(Number), stale: [] }]);
});
