import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { startSender } from '#tests/support/gateway/sender.ts';
import { createSimulator } from '#tests/support/simulator/simulator.ts';
import { seededRandom } from '#tests/support/traffic/shop.ts';

const kills = 50;
const seed = 20_261_121;

it(`loses nothing acknowledged when it is killed ${kills} times under load`, { timeout: 300_000 }, async () => {
  const simulator = await createSimulator({ keep: 'keys' });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
  const random = seededRandom(seed);
  const config = {
    sources: [{ id: 'web', writeKey: 'kill-test-key' }],
    destinations: [
      {
        id: 'hook',
        connector: 'webhook',
        endpoint: simulator.endpoint('webhook'),
        credential: { env: 'HOOK' },
        delivery: { batchSize: 1 },
      },
      {
        id: 'mixpanel',
        connector: 'mixpanel',
        endpoint: simulator.endpoint('mixpanel'),
        settings: { projectId: '1' },
        credential: { env: { username: 'HOOK', secret: 'HOOK' } },
      },
      {
        id: 'ga4',
        connector: 'ga4',
        endpoint: simulator.endpoint('ga4'),
        settings: { measurementId: 'G-TEST123' },
        credential: { env: 'HOOK' },
      },
    ],
  };
  const env = { HOOK: `whsec_${Buffer.from('sigkill test signing key').toString('base64')}` };
  const start = () => startGateway({ config, dataFolder: join(folder, 'data'), env });

  let gateway: BenchGateway = await start();
  const sender = startSender({ url: () => gateway.ingestUrl, writeKey: 'kill-test-key', workers: 8, prefix: 'k' });
  for (let round = 0; round < kills; round++) {
    // A random moment, not a wait for something: where it falls is the test.
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 250));
    await gateway.server.stop('SIGKILL');
    const former = gateway;
    gateway = await start();
    await former[Symbol.asyncDispose]();
  }
  await sender.stop();

  let ledger = await gateway.ledger();
  const isDrained = () => ledger.ledgers.every(({ states }) => states.waiting + states.retrying + states.held === 0);
  while (!isDrained()) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    ledger = await gateway.ledger();
  }
  expect(ledger.ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  expect(ledger.ledgers.map(({ states }) => states.dead)).toEqual([0, 0, 0]);
  expect(sender.acknowledged.size).toBeGreaterThan(kills);
  for (const vendor of ['webhook', 'mixpanel', 'ga4']) {
    expect(simulator.stored(vendor).size, vendor).toBeGreaterThanOrEqual(sender.acknowledged.size);
  }
  const stored = simulator.stored('webhook');
  expect([...sender.acknowledged].filter((id) => !stored.has(id))).toEqual([]);

  await gateway[Symbol.asyncDispose]();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});
