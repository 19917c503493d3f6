import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { operations } from '#contract/operations/index.ts';
import { createPeer } from '#contract/peer.ts';
import { tracesOf } from '#gateway/log/testing/traces.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';

interface Received {
  readonly type: string;
  readonly data: { readonly userId: string | null; readonly messageId?: string };
}

let vendor: Server;
/** What each path of the vendor answers. */
const answers: Record<string, number> = { '/in': 200, '/refuses': 400 };
const received: Received[] = [];
let gateway: BenchGateway;
let control: ControlClient;
let root: string;
const folder = () => join(root, 'data');
const secret = `whsec_${Buffer.from('erasure test signing key').toString('base64')}`;

beforeAll(async () => {
  vendor = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      response.statusCode = answers[request.url ?? ''] ?? 200;
      if (response.statusCode === 200) received.push(JSON.parse(text));
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  root = await mkdtemp(join(tmpdir(), 'sluice-erasure-'));
  await start();
  const properties = { total: { type: 'number' } };
  await control.call('plan.put', { id: 'web', value: { name: 'Web', mode: 'quarantine', events: { Order: { schema: { properties } } } } });
});
afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  vendor.closeAllConnections();
  vendor.close();
  await rm(root, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const destination = (id: string, path: string, settings: object = {}) => ({
    id,
    connector: 'webhook',
    endpoint: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}${path}`,
    credential: { env: 'HOOK' },
    settings,
  });
  gateway = await startGateway({
    dataFolder: folder(),
    config: {
      sources: [{ id: 'web', writeKey: 'erasure-key' }],
      destinations: [destination('hook', '/in', { sendErasures: true }), destination('picky', '/refuses'), destination('parked', '/later')],
    },
    env: { HOOK: secret },
  });
  control = connectControl(gateway.controlUrl, gateway.token);
}
async function restart(signal: NodeJS.Signals): Promise<void> {
  await control[Symbol.asyncDispose]();
  await gateway.server.stop(signal);
  await gateway[Symbol.asyncDispose]();
  await start();
}

async function sendBatch(batch: readonly object[]): Promise<void> {
  const answer = await fetch(`${gateway.ingestUrl}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('erasure-key:').toString('base64')}` },
    body: JSON.stringify({ batch }),
  });
  expect(answer.status).toBe(200);
}
const idsOf = (name: string) => ({ userId: `${name}@shop.example`, anonymousId: `device-of-${name}` });
const eventOf = (name: string, messageId: string, total: unknown = 5) => ({
  type: 'track',
  event: 'Order',
  messageId: `${name}-${messageId}`,
  ...idsOf(name),
  properties: { total, note: `told by ${name}@shop.example` },
});
/** Delivered, dead, waiting and quarantined events of a person; Bob's in the same batches. */
async function live(name: string): Promise<void> {
  for (let round = 0; round < 5; round++)
    await sendBatch([
      ...Array.from({ length: 20 }, (_, i) => eventOf(name, `m${round}-${i}`)),
      eventOf('bob', `${name}-${round}`),
      eventOf(name, `q${round}`, 'many'),
    ]);
  await until(async () => (await stateOf('hook')).waiting === 0 && (await stateOf('picky')).waiting === 0);
}
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
async function stateOf(destination: string) {
  const { ledgers } = await gateway.ledger();
  expect(ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  const found = ledgers.find((ledger) => ledger.destination === destination);
  if (!found) throw new Error(`no ledger of ${destination}`);
  return found.states;
}
const tellsOf = (name: string) => [`${name}@shop.example`, `device-of-${name}`, `${name}-m`, `${name}-q`];
const traces = (name: string) => tracesOf(folder(), tellsOf(name)).map((trace) => trace.split(':')[0]);
const erase = (name: string) => control.call('erasure.request', { ...idsOf(name), reason: 'ticket 12', confirm: 'erase' });
async function erasureOf(name: string) {
  const { erasures } = await control.call('erasure.list', { userId: idsOf(name).userId });
  return erasures[0]?.value;
}
const ended = (name: string) => until(async () => (await erasureOf(name))?.state === 'done');

it('leaves nothing of a person in any file, tells the vendor, and balances', { timeout: 60_000 }, async () => {
  await control.call('switch.set', { scope: { type: 'destination', destination: 'parked' }, mode: 'park' });
  await live('ana');
  // Packed where they are in the segment's WAL.
  expect(new Set(traces('ana'))).toEqual(new Set(['log/segment-0000000000000001.db (unpacked)', 'quarantine.db-wal']));
  expect((await stateOf('picky')).dead).toBe(105);
  const { preview } = await control.call('erasure.request', { ...idsOf('ana'), dryRun: true });
  expect(preview).toMatchObject({ events: 100, isComplete: true, quarantined: 5 });
  expect(preview?.lanes).toContainEqual({ destination: 'picky', retrying: 0, dead: 100, held: 0 });

  await erase('ana');
  await ended('ana');
  expect(tracesOf(folder(), tellsOf('ana'))).toEqual([]);
  expect((await erasureOf('ana'))?.destinations).toMatchObject([
    { destination: 'hook', state: 'done' },
    { destination: 'parked', state: 'notOffered' },
    { destination: 'picky', state: 'notOffered' },
  ]);
  expect(received.filter(({ type }) => type === 'person.erased')).toMatchObject([{ data: idsOf('ana') }]);
  expect(await stateOf('picky')).toMatchObject({ dead: 5, suppressed: 100 });
  expect(await stateOf('parked')).toMatchObject({ waiting: 105 });
  expect((await control.call('event.where', { messageId: 'bob-ana-3' })).events[0]?.destinations).toHaveLength(3);
  await expect(control.call('event.where', { messageId: 'ana-m1-1' })).rejects.toThrow('EVENT_NOT_FOUND');

  const open = { scope: { type: 'destination', destination: 'parked' }, mode: 'flow', backlog: { choice: 'drain' } } as const;
  await control.call('switch.set', { ...open, reason: 'test' });
  await until(async () => (await stateOf('parked')).waiting === 0);
  expect(await stateOf('parked')).toMatchObject({ confirmed: 5, suppressed: 100 });
});

it('goes on where it was killed, and leaves nothing then', { timeout: 120_000 }, async () => {
  for (const [name, afterMs] of [
    ['cleo', 0],
    ['dora', 15],
    ['elsa', 60],
  ] as const) {
    await live(name);
    await erase(name);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await restart('SIGKILL');
    await ended(name);
    expect(tracesOf(folder(), tellsOf(name))).toEqual([]);
    expect((await stateOf('picky')).retrying).toBe(0);
  }
});

it('lets nothing of the person out, or in, while a vendor is still to be told', { timeout: 60_000 }, async () => {
  answers['/in'] = 401;
  await erase('finn');
  await until(async () => (await erasureOf('finn'))?.state === 'attention');
  await restart('SIGTERM');
  // What is stored of it then names nobody.
  await sendBatch([{ ...eventOf('finn', 'm1'), messageId: 'later-1' }]);
  await until(async () => (await stateOf('picky')).waiting === 0);
  expect(new Set(traces('finn').map((file) => (file ?? '').replace('-wal', '')))).toEqual(new Set(['people.db']));
  expect(await control.call('audit.list', { limit: 50 }).then(JSON.stringify)).not.toContain('finn');
  answers['/in'] = 200;
  const { erasures } = await control.call('erasure.list', { userId: idsOf('finn').userId });
  await control.call('erasure.retry', { id: erasures[0]?.id ?? '', reason: 'the secret was put right' });
  await ended('finn');
  expect(tracesOf(folder(), tellsOf('finn'))).toEqual([]);
  expect(received.filter(({ data }) => data.messageId === 'later-1')).toEqual([]);
  expect((await control.call('event.where', { messageId: 'later-1' })).events[0]?.destinations).toContainEqual(
    expect.objectContaining({ destination: 'hook', outcome: 'suppressed' }),
  );
});

it('hands a person’s data out to the desk only', async () => {
  await live('gina');
  await expect(control.call('person.export', { userId: idsOf('gina').userId })).rejects.toThrow();
  const socket = new WebSocket(gateway.controlUrl, ['sluice.v1', `sluice.token.${gateway.token}`, 'sluice.audience.desk']);
  const peer = createPeer({ channel: createWebSocketChannel(socket) });
  const kinds: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await peer.call(operations['person.export'], { ...idsOf('gina'), after, reason: 'ticket 13' });
    if (!page.ok) throw new Error(page.error.code);
    kinds.push(...page.value.items.map(({ kind }) => kind));
    if (page.value.next === null) break;
    after = page.value.next;
  }
  peer.close();
  expect(kinds.filter((kind) => kind === 'event')).toHaveLength(100);
  expect(kinds.filter((kind) => kind === 'quarantined')).toHaveLength(5);
});

it('says how long what is kept, and purges on demand', async () => {
  const { classes } = await control.call('retention.read', {});
  expect(classes.find((entry) => entry.class === 'deadLetters' && entry.destination === 'picky')).toMatchObject({
    limit: { ageMs: 30 * 86_400_000 },
  });
  const purge = { class: 'deadLetters', destination: 'picky', olderThanMs: 0 } as const;
  const { dead } = await stateOf('picky');
  expect(await control.call('retention.purge', { ...purge, dryRun: true })).toMatchObject({ items: dead });
  await expect(control.call('retention.purge', { ...purge, reason: 'test' })).rejects.toThrow('CONFIRMATION_REQUIRED');
  expect(await control.call('retention.purge', { ...purge, reason: 'test', confirm: 'purge' })).toMatchObject({ items: dead });
  expect(await stateOf('picky')).toMatchObject({ dead: 0, expired: dead });
});
