import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { startSender } from '#tests/support/gateway/sender.ts';

let folder: string;
let vendors: Server[];
let gateway: BenchGateway;
let control: ControlClient;
const received = { hook: new Set<string>(), archive: new Set<string>() };

async function startVendor(seen: Set<string>): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen.add(String(request.headers['webhook-id']));
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function start(): Promise<void> {
  const webhook = (id: string, server: Server, events: readonly string[] = []) => ({
    id,
    connector: 'webhook',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credential: { env: 'HOOK' },
    events,
  });
  const [hook, archive] = vendors as [Server, Server];
  gateway = await startGateway({
    dataFolder: join(folder, 'data'),
    config: {
      sources: [{ id: 'web', writeKey: 'divert-key' }],
      // The archive gets nothing of its own.
      destinations: [webhook('hook', hook), webhook('archive', archive, ['Never'])],
    },
    env: { HOOK: `whsec_${Buffer.from('diverting test signing key').toString('base64')}` },
  });
  control = connectControl(gateway.controlUrl, gateway.token);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-divert-'));
  vendors = [await startVendor(received.hook), await startVendor(received.archive)];
  await start();
});
afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  for (const vendor of vendors) {
    vendor.closeAllConnections();
    vendor.close();
  }
  await rm(folder, { recursive: true, force: true });
});

async function ledgers() {
  const { ledgers: all } = await gateway.ledger();
  expect(all.flatMap(({ violations }) => violations)).toEqual([]);
  const of = (destination: string) => all.find((ledger) => ledger.destination === destination);
  return { hook: of('hook'), archive: of('archive') };
}
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20000;
  while (!(await condition())) {
    if (Date.now() > end) {
      const l = await ledgers().catch(String);
      console.log('STUCK', new Error('x').stack?.split('\n')[2], received.hook.size, received.archive.size, JSON.stringify(l), gateway.server.stderrTail());
      throw new Error('stuck');
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('loses nothing and gives nothing twice, though the gateway is killed while it diverts', async () => {
  const scope = { type: 'destination', destination: 'hook' } as const;
  const sender = startSender({ url: () => gateway.ingestUrl, writeKey: 'divert-key', workers: 4, prefix: 'd' });
  await until(() => received.hook.size > 20);
  const set = await control.call('switch.set', { scope, mode: 'divert', to: 'archive', reason: 'a test' });
  expect(set.proof?.nodes[0]?.escaped).toBe(0);
  for (let kill = 0; kill < 3; kill++) {
    const before = received.archive.size;
    await until(() => received.archive.size > before + 100);
    await control[Symbol.asyncDispose]();
    await gateway.server.stop('SIGKILL');
    await gateway[Symbol.asyncDispose]();
    await start();
  }
  await sender.stop();
  await until(async () => {
    const { hook, archive } = await ledgers();
    return (hook?.states.waiting ?? 1) + (hook?.states.retrying ?? 1) + (archive?.states.retrying ?? 1) === 0;
  });
  const { hook, archive } = await ledgers();
  expect(hook?.states.diverted).toBe(archive?.divertedIn);
  expect(archive?.states.confirmed).toBe(archive?.divertedIn);
  expect((hook?.states.confirmed ?? 0) + (hook?.states.diverted ?? 0)).toBe(hook?.total);
  const lost = [...sender.acknowledged].filter((id) => !received.hook.has(id) && !received.archive.has(id));
  expect(lost).toEqual([]);
  const afterwards = [...received.archive].filter((id) => received.hook.has(id));
  expect(afterwards).toEqual([]);
});

it('opens again, and the other destination gets nothing more', async () => {
  const scope = { type: 'destination', destination: 'hook' } as const;
  await control.call('switch.set', { scope, mode: 'flow', backlog: { choice: 'drain' }, reason: 'over' });
  const { archive } = await ledgers();
  const sender = startSender({ url: () => gateway.ingestUrl, writeKey: 'divert-key', workers: 1, prefix: 'after' });
  await until(() => [...received.hook].some((id) => id.startsWith('after-')));
  await sender.stop();
  expect((await ledgers()).archive?.divertedIn).toBe(archive?.divertedIn);
});
