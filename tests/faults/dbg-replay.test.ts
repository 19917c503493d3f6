import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';

const events = 500;
const writeKey = 'replay-test-key';
const key = (index: number) => `order-${index}`;

let simulator: Simulator;
let folder: string;
let gateway: BenchGateway;
let control: ControlClient;

const config = () => ({
  sources: [{ id: 'web', writeKey }],
  destinations: [
    {
      id: 'hook',
      connector: 'webhook',
      endpoint: simulator.endpoint('webhook'),
      credential: { env: 'HOOK' },
      delivery: { batchSize: 1, maxAttempts: 2 },
    },
  ],
});
const env = { HOOK: `whsec_${Buffer.from('replay test signing key').toString('base64')}` };

async function start(): Promise<void> {
  gateway = await startGateway({ config: config(), dataFolder: join(folder, 'data'), env });
  control = connectControl(gateway.controlUrl, gateway.token);
}

async function restart(): Promise<void> {
  await gateway.server.stop('SIGKILL');
  const former = gateway;
  await control[Symbol.asyncDispose]();
  await start();
  await former[Symbol.asyncDispose]();
}

async function send(from: number, to: number): Promise<void> {
  const batch = Array.from({ length: to - from }, (_, index) => ({
    messageId: key(from + index),
    type: 'track',
    event: index % 2 === 0 ? 'Order Completed' : 'Order Viewed',
    userId: `u${index}`,
    properties: { value: index },
  }));
  const answer = await fetch(`${gateway.ingestUrl}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  });
  expect(answer.status).toBe(200);
}

/** Looks again and again until it fits; the test's own timeout ends it. */
async function until<T>(look: () => Promise<T>, fits: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const states = async () => (await gateway.ledger()).ledgers[0]?.states;
const counts = async (id: string) => (await control.call('replay.list', {})).replays.find(({ reading }) => reading.id === id)?.reading;

/** Sends all events to a vendor that refuses every one. */
async function letAllDie(): Promise<void> {
  simulator.dial({ vendor: 'webhook', failure: 'partial' });
  await send(0, events);
  await until(states, (seen) => seen?.dead === events);
  simulator.dial({ vendor: 'webhook', failure: 'ok' });
}

beforeEach(async () => {
  simulator = await createSimulator({ keep: 'keys' });
  folder = await mkdtemp(join(tmpdir(), 'sluice-replay-'));
  await start();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    console.log('DIAG', gateway.server.stderrTail().slice(-3000), JSON.stringify(await control.call('replay.list', {})), JSON.stringify(await states()));
  const { DatabaseSync } = await import('node:sqlite'); const db = new DatabaseSync(join(folder, 'data/lanes.db')); console.log('DIAG', JSON.stringify(db.prepare('SELECT * FROM retrying').all()), Date.now(), JSON.stringify(db.prepare('SELECT * FROM lane').all())); db.close(); }
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a vendor that refused 500 events and works again', { timeout: 30_000 }, () => {
  it('gets each of them once, at the pace asked for, though the gateway is killed in the middle of the replay', async () => {
    await letAllDie();
    const found = await control.call('deadLetter.search', { destination: 'hook', limit: 10 });
    expect(found).toMatchObject({ dead: events, facets: { total: events, classes: [{ class: 'rejected', events }] } });
    expect(found.letters).toHaveLength(10);

    const asked = { destination: 'hook', selection: { type: 'deadLetters' }, pacePerSecond: 100 } as const;
    const { preview } = await control.call('replay.start', { ...asked, dryRun: true });
    expect(preview).toMatchObject({ selected: events, dead: events, leftAlone: 0, duplicates: { dedupe: 'event', atRisk: 0 } });
    const { id } = await control.call('replay.start', { ...asked, reason: 'the vendor is fixed' });
    const first = await until(
      () => counts(id ?? ''),
      (seen) => (seen?.counts.delivered ?? 0) > 60,
    );
    expect(first?.counts.delivered).toBeLessThan(events);

    await restart();
    const second = await until(
      () => counts(id ?? ''),
      (seen) => (seen?.counts.delivered ?? 0) > 200,
    );
    expect(second?.state).toBe('running');
    await restart();

    const last = await until(
      () => counts(id ?? ''),
      (seen) => seen?.state === 'done',
    );
    expect(last?.counts).toEqual({ given: events, skipped: 0, delivered: events, failed: 0, ended: 0, open: 0 });
    const stored = simulator.stored('webhook');
    expect([...stored.keys()].sort()).toEqual(Array.from({ length: events }, (_, index) => key(index)).sort());
    const ledger = await gateway.ledger();
    expect(ledger.ledgers[0]).toMatchObject({ balanced: true, violations: [], replayed: 0, states: { dead: 0, confirmed: events } });
  });
});
