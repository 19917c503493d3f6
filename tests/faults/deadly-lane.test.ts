import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { topics } from '#contract/operations/topics.ts';
import { answerWith, startVendor, type Vendor } from '#gateway/delivery/testing/vendor.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';

let folder: string;
let vendor: Vendor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-deadly-'));
  vendor = await startVendor();
});
afterEach(async () => {
  await vendor.close();
  await rm(folder, { recursive: true, force: true });
});

const start = () =>
  startGateway({
    dataFolder: join(folder, 'data'),
    config: {
      sources: [{ id: 'web', writeKey: 'deadly-test-key' }],
      destinations: [{ id: 'hook', connector: 'webhook', endpoint: vendor.url, credential: { env: 'HOOK' }, delivery: { batchSize: 1 } }],
    },
    env: { HOOK: `whsec_${Buffer.from('deadly lane signing key').toString('base64')}` },
  });

/** Kills the gateway as soon as the vendor has a request: its cursor cannot have moved. */
async function killAtFirstRequest(gateway: BenchGateway, requestArrived: Promise<void>): Promise<void> {
  await requestArrived;
  await gateway.server.stop('SIGKILL');
  await gateway[Symbol.asyncDispose]();
}

async function send(gateway: BenchGateway, ...messageIds: string[]): Promise<void> {
  const batch = messageIds.map((messageId) => ({ type: 'track', event: 'Order', userId: 'u1', messageId }));
  const answer = await fetch(`${gateway.ingestUrl}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('deadly-test-key:')}` },
    body: JSON.stringify({ batch }),
  });
  expect(answer.status).toBe(200);
}

/** What the first tick says of the destination. */
async function whyOf(gateway: BenchGateway): Promise<string> {
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const tick = Promise.withResolvers<string>();
  control.peer.subscribe(
    topics['telemetry.tick'],
    {},
    { onItems: (items) => tick.resolve(items.at(-1)?.destinations[0]?.why ?? 'no destination'), onEnd: (error) => tick.reject(error) },
  );
  return await tick.promise;
}

async function hookOf(gateway: BenchGateway) {
  const { ledgers } = await gateway.ledger();
  const hook = ledgers.find(({ destination }) => destination === 'hook');
  if (!hook) throw new Error('no ledger');
  return hook;
}

async function drained(gateway: BenchGateway): Promise<void> {
  for (;;) {
    const { states } = await hookOf(gateway);
    if (states.waiting + states.retrying === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a gateway that dies again and again on the same destination', () => {
  it('counts it, and after three deaths encodes its events one by one, apart', async () => {
    for (let death = 0; death < 3; death++) {
      const arrived = Promise.withResolvers<void>();
      vendor.answer = () => arrived.resolve();
      const gateway = await start();
      if (death === 0) await send(gateway, 'a', 'b', 'c');
      await killAtFirstRequest(gateway, arrived.promise);
    }
    const late: (() => void)[] = [];
    vendor.answer = (_, response) => void late.push(() => response.writeHead(200).end());
    await using gateway = await start();
    expect(await whyOf(gateway)).toContain('the gateway died several times while this destination worked');
    vendor.answer = answerWith(200);
    for (const answer of late) answer();
    await drained(gateway);
    const { states, violations } = await hookOf(gateway);
    expect(states).toMatchObject({ confirmed: 3, dead: 0 });
    expect(violations).toEqual([]);
  });

  it('forgets the deaths once its cursor has moved, or it ended as it should', async () => {
    const arrived = Promise.withResolvers<void>();
    vendor.answer = () => arrived.resolve();
    const first = await start();
    await send(first, 'a');
    await killAtFirstRequest(first, arrived.promise);
    vendor.answer = answerWith(200);
    for (let run = 0; run < 3; run++) {
      await using gateway = await start();
      await drained(gateway);
      expect(await whyOf(gateway)).toBe('');
    }
  });
});
