import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from '#tests/support/bench/gateway.ts';
import { startSender } from '#tests/support/gateway/sender.ts';
import { createSimulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

it('ends on SIGTERM with everything it acknowledged at the vendor or on its disk, and with exit code 0', async () => {
  const simulator = await createSimulator({ keep: 'keys' });
  onTestFinished(() => simulator.close());
  const folder = await mkdtemp(join(tmpdir(), 'sluice-end-'));
  const start = () =>
    startGateway({
      dataFolder: join(folder, 'data'),
      env: { HOOK: `whsec_${Buffer.from('end test signing key').toString('base64')}` },
      config: {
        sources: [{ id: 'web', writeKey: 'end-test-key' }],
        destinations: [{ id: 'hook', connector: 'webhook', endpoint: simulator.endpoint('webhook'), credential: { env: 'HOOK' } }],
      },
    });
  const first = await start();
  const sender = startSender({ url: () => first.ingestUrl, writeKey: 'end-test-key', workers: 8, prefix: 'e' });
  await until(() => simulator.stored('webhook').size >= 100);
  expect(await first.server.stop('SIGTERM')).toBe(0);
  await sender.stop();
  await first[Symbol.asyncDispose]();

  await using second = await start();
  const stored = simulator.stored('webhook');
  await until(() => [...sender.acknowledged].every((id) => stored.has(id)));
  const { ledgers } = await second.ledger();
  expect(ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
