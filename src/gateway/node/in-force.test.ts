import { afterAll, beforeAll, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { type InProcess, startInProcess } from '#tests/support/gateway/in-process.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';

const writeKey = 'in-force-test';
let simulator: Simulator;
let gateway: InProcess;

beforeAll(async () => {
  simulator = await createSimulator();
  gateway = await startInProcess({
    sources: [
      { id: 'web', writeKey },
      { id: 'app', writeKey: 'other' },
    ],
  });
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await simulator?.close();
});

const send = async (messageId: string) => expect(await gateway.track(writeKey, messageId)).toBe(200);

function put(id: string, more: object = {}): Promise<unknown> {
  const endpoint = simulator.endpoint('webhook');
  const value = destinationSchema.parse({ name: 'New', connector: 'webhook', endpoint, ...more });
  return gateway.client.call('destination.put', { id, value });
}

/** How many events are for a destination: without a credential they wait for it. */
async function waiting(): Promise<Record<string, number>> {
  const { ledgers } = await gateway.client.call('ledger.read', {});
  return Object.fromEntries(ledgers.map(({ destination, states }) => [destination, states.waiting]));
}

it('gives a new destination every event that is accepted after its command was answered', async () => {
  const count = 20;
  for (let index = 0; index < count; index++) {
    await put(`new-${index}`);
    await send(`after-${index}`);
  }
  const expected = Object.fromEntries(Array.from({ length: count }, (_, index) => [`new-${index}`, count - index]));
  await expect.poll(waiting).toEqual(expected);
});

it('gives a destination nothing more of a source that it was told to leave out, once that is answered', async () => {
  const before = await waiting();
  await put('new-0', { sources: ['app'] });
  await send('not-for-new-0');
  await expect.poll(async () => (await waiting())['new-1']).toBe(Number(before['new-1']) + 1);
  expect((await waiting())['new-0']).toBe(before['new-0']);
});
