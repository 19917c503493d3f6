import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { type RunningGateway, startGateway } from './index.ts';
import { parseOptions } from './options.ts';

const writeKey = 'in-force-test';
const silent = { info: () => {}, warn: () => {}, error: () => {} };
let simulator: Simulator;
let folder: string;
let gateway: RunningGateway;
let client: ControlClient;

beforeAll(async () => {
  simulator = await createSimulator();
  folder = await mkdtemp(join(tmpdir(), 'sluice-in-force-'));
  await writeFile(
    join(folder, 'sluice.yaml'),
    JSON.stringify({
      sources: [
        { id: 'web', writeKey },
        { id: 'app', writeKey: 'other' },
      ],
    }),
  );
  const ports = ['--ingest-port', '0', '--control-port', '0'];
  const options = parseOptions(['--data', join(folder, 'data'), '--config', join(folder, 'sluice.yaml'), ...ports]);
  if (!options.ok) throw new Error(options.error.code);
  const started = await startGateway(options.value, null, silent);
  if (!started.ok) throw new Error(started.error.code);
  gateway = started.value;
  client = connectControl(gateway.controlUrl, gateway.token.reveal());
});
afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await gateway?.close();
  await simulator?.close();
  await rm(folder, { recursive: true, force: true });
});

async function send(messageId: string): Promise<void> {
  const response = await fetch(`${gateway.ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messageId, event: 'Order', userId: 'u' }),
  });
  expect(response.status).toBe(200);
}

/** How many events are for a destination: without a credential they wait for it. */
async function waiting(): Promise<Record<string, number>> {
  const { ledgers } = await client.call('ledger.read', {});
  return Object.fromEntries(ledgers.map(({ destination, states }) => [destination, states.waiting]));
}

const value = (more: object) =>
  destinationSchema.parse({ name: 'New', connector: 'webhook', endpoint: simulator.endpoint('webhook'), ...more });

it('gives a new destination every event that is accepted after its command was answered', async () => {
  const count = 20;
  for (let index = 0; index < count; index++) {
    await client.call('destination.put', { id: `new-${index}`, value: value({}) });
    await send(`after-${index}`);
  }
  const expected = Object.fromEntries(Array.from({ length: count }, (_, index) => [`new-${index}`, count - index]));
  await expect.poll(waiting).toEqual(expected);
});

it('gives a destination nothing more of a source that it was told to leave out, once that is answered', async () => {
  const before = await waiting();
  await client.call('destination.put', { id: 'new-0', value: value({ sources: ['app'] }) });
  await send('not-for-new-0');
  await expect.poll(async () => (await waiting())['new-1']).toBe(Number(before['new-1']) + 1);
  expect((await waiting())['new-0']).toBe(before['new-0']);
});
