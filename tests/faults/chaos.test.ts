/**
 * Everything at once, at random: kills, power cuts, full disks, clocks that jump, vendors that fail in every way, and an
 * operator who parks and opens. A short run here; `npm run test:chaos -- --minutes N` goes on for as long as it is told.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '#contract/documents/settings.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { createMachine, whyNoMachine } from '#tests/support/chaos/machine.ts';
import { createTrouble } from '#tests/support/chaos/trouble.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { startSender } from '#tests/support/gateway/sender.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { seededRandom } from '#tests/support/traffic/shop.ts';

const minutes = Number(process.env.SLUICE_CHAOS_MINUTES ?? 0);
const seed = Number(process.env.SLUICE_CHAOS_SEED ?? 20_261_121);
const shortRounds = 12;
const hourMs = 3_600_000;
const writeKey = 'chaos-test-key';
const vendors = ['webhook', 'mixpanel', 'ga4'] as const;
const why = whyNoMachine();

function configOf(simulator: Simulator) {
  // Attempts without end: what dies would be right too, but here every event must arrive.
  const delivery = { maxAttempts: 100, timeoutMs: 500 };
  const destination = (id: (typeof vendors)[number], settings: object, credential: object) => ({
    id,
    connector: id,
    endpoint: simulator.endpoint(id),
    settings,
    credential,
    delivery: id === 'webhook' ? { ...delivery, batchSize: 1 } : delivery,
  });
  return {
    sources: [{ id: 'web', writeKey }],
    destinations: [
      destination('webhook', {}, { env: 'HOOK' }),
      destination('mixpanel', { projectId: '1' }, { env: { username: 'HOOK', secret: 'HOOK' } }),
      destination('ga4', { measurementId: 'G-TEST123' }, { env: 'HOOK' }),
    ],
  };
}

async function violations(gateway: BenchGateway): Promise<string[]> {
  const { ledgers, sources } = await gateway.ledger();
  const unbalanced = sources.filter(({ balanced }) => !balanced).map(({ source }) => `source ${source} does not balance`);
  return [...ledgers.flatMap((ledger) => ledger.violations), ...unbalanced];
}

describe.skipIf(why !== null)(`chaos${why === null ? '' : ` (skipped: ${why})`}`, () => {
  it('loses nothing acknowledged, and every ledger balances', { timeout: minutes * 60_000 + 240_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-chaos-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const machine = createMachine(folder);
    const simulator = await createSimulator({ keep: 'keys' });
    stack.defer(() => simulator.close());
    const random = seededRandom(seed);
    const env = { HOOK: `whsec_${Buffer.from('chaos test signing key').toString('base64')}`, ...machine.env };
    const start = () => startGateway({ config: configOf(simulator), dataFolder: machine.dataFolder, env });

    let gateway = await start();
    stack.defer(() => gateway[Symbol.asyncDispose]());
    const backups = join(folder, 'backups');
    await keepBackups(gateway, backups);
    const sender = startSender({ url: () => gateway.ingestUrl, writeKey, workers: 8, prefix: 'c' });
    stack.defer(() => sender.stop());
    const trouble = createTrouble({ machine, simulator, random, vendors });
    const until = performance.now() + minutes * 60_000;
    const counts = { kills: 0, powerCuts: 0 };
    for (let round = 0; minutes > 0 ? performance.now() < until : round < shortRounds; round++) {
      // A random moment, not a wait for something: where it falls is the test.
      await Promise.all([trouble.make(gateway), wait(20 + random() * 500)]);
      await gateway.server.stop('SIGKILL');
      const isCut = random() < 0.5;
      counts[isCut ? 'powerCuts' : 'kills']++;
      if (isCut) machine.cutPower();
      machine.setDiskFull(false);
      const former = gateway;
      gateway = await start();
      await former[Symbol.asyncDispose]();
      expect(await violations(gateway), `round ${round}, seed ${seed}`).toEqual([]);
    }
    await sender.stop();
    await trouble.end(gateway);
    // Retries that were put off for minutes are due in a clock that ran ahead of every jump.
    for (let ahead = 2; !(await isDrained(gateway)); ahead++) {
      machine.setClock(ahead * hourMs);
      await wait(500);
    }

    expect(await violations(gateway)).toEqual([]);
    expect(await badBackups(gateway)).toEqual([]);
    expect(sender.acknowledged.size).toBeGreaterThan(counts.kills + counts.powerCuts);
    const webhook = simulator.stored('webhook');
    expect([...sender.acknowledged].filter((id) => !webhook.has(id))).toEqual([]);
    // A webhook's dedupe key is the message id: another key would be one nobody sent.
    expect([...webhook.keys()].filter((key) => !/^c-\d+$/.test(key))).toEqual([]);
    for (const vendor of vendors) expect(simulator.stored(vendor).size, vendor).toBeGreaterThanOrEqual(sender.acknowledged.size);
    process.stderr.write(`chaos: ${JSON.stringify({ ...counts, ...trouble.counts, acknowledged: sender.acknowledged.size, seed })}\n`);
  });
});

async function keepBackups(gateway: BenchGateway, folder: string): Promise<void> {
  await using control = connectControl(gateway.controlUrl, gateway.token);
  await mkdir(folder);
  const value = settingsSchema.parse({ backup: { folder, everyMs: null, keep: 1000 } });
  await control.call('settings.put', { value, reason: 'chaos makes backups, too' });
}

/** Whatever calls itself complete can be restored; what was cut off says so. */
async function badBackups(gateway: BenchGateway): Promise<unknown[]> {
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const made = await control.call('backup.run', { mode: 'incremental', reason: 'after chaos', wait: true });
  const { backups } = await control.call('backup.list', {});
  expect(backups.find(({ id }) => id === made.id)?.state).toBe('complete');
  const checks: unknown[] = backups.filter(({ state }) => state === 'damaged');
  for (const { id, state } of backups) {
    if (state !== 'complete') continue;
    const { check } = await control.call('backup.verify', { id, reason: 'after chaos', wait: true });
    if (!check?.ok) checks.push(check);
  }
  return checks;
}

async function isDrained(gateway: BenchGateway): Promise<boolean> {
  const { ledgers } = await gateway.ledger();
  expect(ledgers.map(({ states }) => states.dead)).toEqual(vendors.map(() => 0));
  return ledgers.every(({ states }) => states.waiting + states.retrying + states.held === 0);
}
