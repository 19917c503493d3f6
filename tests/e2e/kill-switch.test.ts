import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { startSender } from '#tests/support/gateway/sender.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

let simulator: Simulator;
let gateway: BenchGateway;
let control: ControlClient;
const scope = { type: 'destination', destination: 'hook' } as const;
const stored = () => simulator.counters().webhook?.events ?? 0;

beforeAll(async () => {
  simulator = await createSimulator({ keep: 'keys' });
  gateway = await startGateway({
    config: {
      sources: [{ id: 'web', writeKey: 'switch-test-key' }],
      destinations: [
        {
          id: 'hook',
          connector: 'webhook',
          endpoint: simulator.endpoint('webhook'),
          credential: { env: 'HOOK' },
          delivery: { batchSize: 1 },
        },
        {
          id: 'other',
          connector: 'webhook',
          endpoint: simulator.endpoint('webhook.other'),
          credential: { env: 'HOOK' },
          delivery: { batchSize: 1 },
        },
      ],
    },
    env: { HOOK: `whsec_${Buffer.from('kill switch test key').toString('base64')}` },
  });
  control = connectControl(gateway.controlUrl, gateway.token);
});
afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await simulator.close();
});

async function settledProof(id: string) {
  for (;;) {
    const proof = await control.call('switch.proof', { id });
    if (proof.nodes.every((node) => node.pending === 0)) return proof;
  }
}

it('parks one vendor under load with proof and zero escapes, and opening drains to the event', async () => {
  const sender = startSender({ url: () => gateway.ingestUrl, writeKey: 'switch-test-key', workers: 8, prefix: 's' });
  await until(() => stored() > 200);

  const parked = await control.call('switch.set', { scope, mode: 'park' });
  expect(parked.proof?.nodes[0]).toMatchObject({ escaped: 0 });
  const proof = await settledProof('destination:hook');
  const atPark = stored();
  expect(proof.nodes[0]).toMatchObject({ escaped: 0, uncertain: 0, pending: 0 });
  expect(proof.nodes[0]?.lastSent?.messageId).toMatch(/^s-/);

  const otherBefore = simulator.counters()['webhook.other']?.events ?? 0;
  const acknowledgedBefore = sender.acknowledged.size;
  await until(() => sender.acknowledged.size > acknowledgedBefore + 300);
  await until(() => (simulator.counters()['webhook.other']?.events ?? 0) > otherBefore + 200);
  expect(stored()).toBe(atPark);
  await sender.stop();

  const preview = await control.call('switch.set', { scope, mode: 'flow', dryRun: true, backlog: { choice: 'drain' } });
  expect(preview.proof).toBeNull();
  expect(preview.preview.destinations[0]?.waiting).toBeGreaterThan(300);
  await control.call('switch.set', { scope, mode: 'flow', backlog: { choice: 'drain' }, reason: 'the vendor is back' });
  await until(async () => (await gateway.ledger()).ledgers.every(({ states }) => states.confirmed === sender.acknowledged.size));

  const ledger = await gateway.ledger();
  expect(ledger.ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  expect(simulator.stored('webhook').size).toBe(sender.acknowledged.size);
  expect([...simulator.stored('webhook').values()].every((times) => times === 1)).toBe(true);
});

it('refuses to drop without a reason and without the name typed, and changes nothing', async () => {
  await expect(control.call('switch.set', { scope, mode: 'drop' })).rejects.toThrow('REASON_REQUIRED');
  await expect(control.call('switch.set', { scope, mode: 'drop', reason: 'junk' })).rejects.toThrow('CONFIRMATION_REQUIRED');
  const { documents } = await control.call('document.list', { kind: 'switch' });
  expect(documents.find(({ id }) => id === 'destination:hook')).toMatchObject({ value: { mode: 'flow' } });
});

it('answers a newer revision instead of overwriting it', async () => {
  await expect(control.call('switch.set', { scope, mode: 'park', expectedRevision: 1 })).rejects.toThrow('DOCUMENT_CONFLICT');
});

it('reopens by its timer, through a probe', async () => {
  await control.call('switch.set', { scope, mode: 'park', forMs: 1000 });
  await until(async () => {
    const { documents } = await control.call('document.list', { kind: 'switch' });
    const found = documents.find(({ id }) => id === 'destination:hook');
    return found?.by === 'timer';
  });
});

it('tells the whole life of one message', async () => {
  const found = await control.call('event.where', { messageId: 's-0' });
  expect(found.events).toHaveLength(1);
  expect(found.events[0]?.destinations.map(({ destination, state }) => [destination, state])).toEqual([
    ['hook', 'settled'],
    ['other', 'settled'],
  ]);
});
