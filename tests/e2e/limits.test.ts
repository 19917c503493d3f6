import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';

let folder: string;
let gateway: BenchGateway;
let control: ControlClient;

const config = {
  settings: { ingest: { plans: { small: { limits: { ratePerSecond: 50, burst: 50 } } } } },
  sources: [
    { id: 'tenant-a', writeKey: 'a-key', plan: 'small' },
    { id: 'tenant-b', writeKey: 'b-key' },
    { id: 'metered', writeKey: 'metered-key', limits: { dailyQuota: 40 } },
    { id: 'phone', writeKey: 'phone-key' },
  ],
  destinations: [],
};

async function start(): Promise<void> {
  gateway = await startGateway({ dataFolder: join(folder, 'data'), config });
  control = connectControl(gateway.controlUrl, gateway.token);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-limits-'));
  await start();
});
afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
const event = (messageId: string, more: object = {}) => ({ type: 'track', messageId, event: 'Order', userId: 'u', ...more });

/** Posts over a connection that is kept; answers the status. */
function post(agent: Agent, key: string, path: string, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(`${gateway.ingestUrl}${path}`, { agent, method: 'POST', headers: { authorization: basic(key) } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    sending.on('error', reject);
    sending.end(JSON.stringify(body));
  });
}

/** `workers` loops over connections of their own until all is sent. */
async function send(key: string, workers: number, events: number): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: workers });
  const statuses = new Map<number, number>();
  let next = 0;
  const work = async () => {
    while (next < events) {
      const status = await post(agent, key, '/v1/track', event(`${key}-${next++}`));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  agent.destroy();
  return statuses;
}

const reading = async (source: string) => {
  const { sources } = await control.call('source.read', { source });
  if (!sources[0]) throw new Error(`no reading of ${source}`);
  return sources[0];
};

it('holds back the tenant that floods, and takes every event of the other', async () => {
  const [flood, calm] = await Promise.all([send('a-key', 24, 4000), send('b-key', 4, 600)]);
  expect([...calm]).toEqual([[200, 600]]);
  expect(flood.get(200)).toBeLessThan(4000);
  expect([...flood.keys()].sort()).toEqual([200, 429]);
  const { sources } = await gateway.ledger();
  expect(sources.find(({ source }) => source === 'tenant-a')).toMatchObject({
    received: 4000,
    accepted: flood.get(200),
    throttled: flood.get(429),
    balanced: true,
  });
  expect(sources.find(({ source }) => source === 'tenant-b')).toMatchObject({ accepted: 600, throttled: 0, balanced: true });
  expect(await reading('tenant-a')).toMatchObject({
    plan: 'small',
    limits: { ratePerSecond: 50, burst: 50 },
    keys: [{ key: 'main', requests: 4000, events: 4000, throttled: flood.get(429) }],
  });
  const metrics = await (await fetch(`${gateway.controlUrl.replace('ws:', 'http:').replace(/\/v1.*$/, '')}/metrics`)).text();
  expect(metrics).toContain(`sluice_ingest_key_throttled_total{source="tenant-a",key="main"} ${flood.get(429)}`);
});

it('says in the audit, once, that it holds a tenant back', async () => {
  const agent = new Agent({ keepAlive: true });
  let entries: readonly { readonly target: string; readonly by: string; readonly reason: string }[] = [];
  do {
    await post(agent, 'a-key', '/v1/track', event('again'));
    entries = (await control.call('audit.list', {})).entries.filter(({ action }) => action === 'source.throttled');
  } while (entries.length === 0);
  agent.destroy();
  expect(entries).toMatchObject([{ target: 'source/tenant-a', by: 'system', reason: 'it sends faster than its limit' }]);
});

it('remembers a day’s count when it is killed', async () => {
  expect([...(await send('metered-key', 2, 30))]).toEqual([[200, 30]]);
  const file = join(folder, 'data', 'ingest-usage.json');
  const used = (): unknown => {
    try {
      return JSON.parse(readFileSync(file, 'utf8')).used.metered;
    } catch {
      return null;
    }
  };
  while (used() !== 30) await new Promise((resolve) => setTimeout(resolve, 20));
  await control[Symbol.asyncDispose]();
  await gateway.server.stop('SIGKILL');
  await gateway[Symbol.asyncDispose]();
  await start();
  expect((await reading('metered')).quota).toMatchObject({ used: 30, remaining: 10 });
  const after = await send('metered-key', 1, 45);
  expect([after.get(200), after.get(429)]).toEqual([40, 5]);
});

it('takes a batch of a phone that was offline for days, once, and tells that it was late', async () => {
  const day = 86_400_000;
  const at = (agoMs: number) => new Date(Date.now() - agoMs).toISOString();
  const batch = [
    event('p-1', { timestamp: at(3 * day) }),
    event('p-2', { timestamp: at(2 * 3_600_000) }),
    event('p-3', { timestamp: at(0) }),
  ];
  const agent = new Agent({ keepAlive: true });
  expect(await post(agent, 'phone-key', '/v1/batch', { batch, sentAt: at(0) })).toBe(200);
  expect(await post(agent, 'phone-key', '/v1/batch', { batch, sentAt: at(0) })).toBe(200);
  agent.destroy();
  const { lateness, byEventTime } = await reading('phone');
  expect(lateness).toEqual({ underMinute: 1, underDay: 1, underWeek: 1 });
  expect(byEventTime.reduce((sum, { events }) => sum + events, 0)).toBe(3);
  expect(byEventTime).toHaveLength(3);
  const { sources } = await gateway.ledger();
  expect(sources.find(({ source }) => source === 'phone')).toMatchObject({ accepted: 3, duplicate: 3 });
});

it('changes write keys without a gap: both are valid until one is removed', async () => {
  const agent = new Agent({ keepAlive: true });
  const status = (key: string, id: string) => post(agent, key, '/v1/track', event(id));
  const put = (value: object) => control.call('source.put', { id: 'phone', value: { name: 'Phone', writeKey: 'phone-key', ...value } });
  await expect(put({ moreKeys: [{ label: 'next', key: 'b-key' }] })).rejects.toThrow('is already the write key of source tenant-b');
  await expect(put({ moreKeys: [{ label: 'next', key: 'phone-key' }] })).rejects.toThrow('is a write key of this source already');
  await put({ moreKeys: [{ label: 'next', key: 'phone-key-2' }] });
  expect([await status('phone-key', 'k-1'), await status('phone-key-2', 'k-2')]).toEqual([200, 200]);
  expect((await reading('phone')).keys.map(({ key, lastUsedAt }) => [key, lastUsedAt === null])).toEqual([
    ['main', false],
    ['next', false],
  ]);
  await put({ writeKey: 'phone-key-2' });
  expect([await status('phone-key', 'k-3'), await status('phone-key-2', 'k-4')]).toEqual([401, 200]);
  agent.destroy();
});
