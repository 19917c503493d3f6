import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { topics } from '#contract/operations/topics.ts';
import { z } from '#contract/zod.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { startSender } from '#tests/support/gateway/sender.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../../src/cli/index.ts');
const writeKey = 'backup-test-key';
const env = { HOOK: `whsec_${Buffer.from('backup test signing key').toString('base64')}` };

let root: string;
let data: string;
let target: string;
let simulator: Simulator;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-backup-'));
  [data, target] = [join(root, 'data'), join(root, 'target')];
  simulator = await createSimulator({ keep: 'keys' });
});
afterEach(async () => {
  await simulator.close();
  await rm(root, { recursive: true, force: true });
});

function start(): Promise<BenchGateway> {
  const hook = (id: string, vendor: string) => ({
    id,
    connector: 'webhook',
    endpoint: simulator.endpoint(vendor),
    credential: { env: 'HOOK' },
  });
  const config = {
    settings: { backup: { folder: target, everyMs: null }, diskBudgetBytes: 16 * 1024 * 1024 },
    sources: [{ id: 'web', writeKey }],
    destinations: [hook('hook', 'webhook'), hook('mail', 'webhook.mail')],
  };
  return startGateway({ config, dataFolder: data, env });
}

const restoredSchema = z.object({
  incarnation: z.string(),
  backup: z.object({ id: z.string(), head: z.number() }),
  duplicates: z.array(
    z.object({ destination: z.string(), open: z.number(), repeated: z.number(), isKnown: z.boolean(), doubled: z.number() }),
  ),
});

/** How often a vendor kept an event once more. */
const resent = (vendor: string) => [...simulator.stored(vendor).values()].reduce((sum, count) => sum + count - 1, 0);

it('survives the loss of its disk: what the backup held arrives, and again only what was foretold', { timeout: 180_000 }, async () => {
  let gateway = await start();
  const sender = startSender({ url: () => gateway.ingestUrl, writeKey, workers: 4, prefix: 'b' });
  let control = connectControl(gateway.controlUrl, gateway.token);
  await until(() => sender.acknowledged.size >= 100);
  await control.call('switch.set', { scope: { type: 'destination', destination: 'mail' }, mode: 'park' });
  await until(() => sender.acknowledged.size >= 250);
  const before = new Set(sender.acknowledged);
  const { id } = await control.call('backup.run', { wait: true });
  const drill = await control.call('backup.drill', { wait: true });
  expect(drill).toMatchObject({ id, drill: { ok: true, problems: [], ledgers: 2, balanced: 2, auditIntact: true } });
  const goal = sender.acknowledged.size + 200;
  await until(() => sender.acknowledged.size >= goal);
  await control.call('switch.set', { scope: { type: 'destination', destination: 'mail' }, mode: 'flow', reason: 'go on' });
  await sender.stop();
  // All of it has reached the vendors when the disk is lost: whatever is sent again is a duplicate.
  await until(() =>
    ['webhook', 'webhook.mail'].every((vendor) => [...sender.acknowledged].every((key) => simulator.stored(vendor).has(key))),
  );
  await control[Symbol.asyncDispose]();
  await gateway.server.stop('SIGKILL');
  await rm(data, { recursive: true });
  const resentBefore = { webhook: resent('webhook'), mail: resent('webhook.mail') };

  const { stdout } = await run(process.execPath, [cli, '--data', data, '--json', 'restore', target]);
  const restored = restoredSchema.parse(JSON.parse(stdout));
  expect(restored.backup.id).toBe(id);
  const [hook, mail] = ['hook', 'mail'].map((destination) => restored.duplicates.find((each) => each.destination === destination));
  expect(mail?.open).toBeGreaterThan(100);
  expect(mail).toMatchObject({ repeated: mail?.open, isKnown: false, doubled: 0 });

  const former = gateway;
  gateway = await start();
  await former[Symbol.asyncDispose]();
  control = connectControl(gateway.controlUrl, gateway.token);
  const parked = await gateway.ledger();
  expect(parked.incarnation).toBe(restored.incarnation);
  expect(parked.ledgers.map(({ states, head }) => [states.waiting + states.retrying, head])).toEqual([
    [hook?.open, restored.backup.head],
    [mail?.open, restored.backup.head],
  ]);
  expect([resent('webhook'), resent('webhook.mail')]).toEqual([resentBefore.webhook, resentBefore.mail]);

  for (const destination of ['hook', 'mail'])
    await control.call('switch.set', {
      scope: { type: 'destination', destination },
      mode: 'flow',
      reason: 'restored',
      backlog: { choice: 'drain' },
    });
  const next = startSender({ url: () => gateway.ingestUrl, writeKey, workers: 2, prefix: 'after' });
  await until(() => next.acknowledged.size >= 50);
  await next.stop();
  await until(async () => (await gateway.ledger()).ledgers.every(({ states }) => states.waiting + states.retrying + states.held === 0));

  for (const vendor of ['webhook', 'webhook.mail'])
    expect(
      [...before, ...next.acknowledged].filter((key) => !simulator.stored(vendor).has(key)),
      vendor,
    ).toEqual([]);
  expect(resent('webhook.mail') - resentBefore.mail).toBe(mail?.repeated);
  expect(resent('webhook') - resentBefore.webhook).toBe(hook?.repeated);
  const ledger = await gateway.ledger();
  expect(ledger.ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  expect(await control.call('audit.verify', {})).toMatchObject({ intact: true });
  const { entries } = await control.call('audit.list', { limit: 50 });
  expect(entries.map(({ action }) => action)).toContain('backup.restored');
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

it('keeps its earlier backups when it is killed in the middle of one, and knows the half for what it is', {
  timeout: 180_000,
}, async () => {
  let gateway = await start();
  let sender = startSender({ url: () => gateway.ingestUrl, writeKey, workers: 4, prefix: 'k0' });
  await until(() => sender.acknowledged.size >= 300);
  await sender.stop();
  const sound: string[] = [];
  for (let round = 1; round <= 6; round++) {
    const control = connectControl(gateway.controlUrl, gateway.token);
    if (round === 1) sound.push((await control.call('backup.run', { wait: true })).id);
    await killInBackup(gateway, control, round);
    await control[Symbol.asyncDispose]();
    const former = gateway;
    gateway = await start();
    await former[Symbol.asyncDispose]();
    sender = startSender({ url: () => gateway.ingestUrl, writeKey, workers: 2, prefix: `k${round}` });
    const after = connectControl(gateway.controlUrl, gateway.token);
    const { backups } = await after.call('backup.list', {});
    expect(backups.filter(({ state }) => state === 'complete').map(({ id }) => id)).toEqual(expect.arrayContaining(sound));
    for (const { id, state, why } of backups) {
      if (state === 'complete') expect(await after.call('backup.verify', { id, wait: true })).toMatchObject({ check: { ok: true } });
      else expect([state, why]).toEqual(['unfinished', 'it has no manifest: it was never finished']);
    }
    await until(() => sender.acknowledged.size >= 20);
    await sender.stop();
    await after[Symbol.asyncDispose]();
  }
  const control = connectControl(gateway.controlUrl, gateway.token);
  const { id } = await control.call('backup.run', { wait: true });
  const { backups } = await control.call('backup.list', {});
  expect(backups.every(({ state }) => state === 'complete')).toBe(true);
  expect(backups[0]?.id).toBe(id);
  expect((await gateway.ledger()).ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  await control[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

/** Begins a backup and kills the gateway after a number of signs of life: in the databases, the segments, the manifest, or just after. */
async function killInBackup(gateway: BenchGateway, control: ControlClient, signs: number): Promise<void> {
  let seen = 0;
  const enough = new Promise<void>((resolve) => {
    control.peer.subscribe(
      topics['backup.progress'],
      {},
      {
        onItems(items) {
          const [latest] = items.slice(-1);
          seen += items.length;
          if (latest && (seen >= signs || latest.endedAt !== null) && latest.startedAt >= begunAt) resolve();
        },
      },
    );
  });
  const begunAt = Date.now();
  await control.call('backup.run', { mode: 'full' });
  await enough;
  await gateway.server.stop('SIGKILL');
}
