/** Restore points in a real gateway: what they touch is counted in its lanes, and they outlive a kill. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

let simulator: Simulator;
let folder: string;
const writeKey = 'restore-point-key';

beforeEach(async () => {
  simulator = await createSimulator({ keep: 'keys' });
  folder = await mkdtemp(join(tmpdir(), 'sluice-restore-point-'));
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function withGateway(settings: object, work: (control: ControlClient, gateway: BenchGateway) => Promise<void>): Promise<void> {
  await using gateway = await startGateway({
    dataFolder: join(folder, 'data'),
    config: {
      settings,
      sources: [{ id: 'web', writeKey }],
      destinations: [{ id: 'hook', connector: 'webhook', endpoint: simulator.endpoint('webhook') }],
    },
  });
  await using control = connectControl(gateway.controlUrl, gateway.token);
  await work(control, gateway);
}

it('counts what waits where a destination would go, outlives a kill, and takes it away and brings it back', async () => {
  let id = '';
  await withGateway({}, async (control, gateway) => {
    ({ id } = await control.call('restorePoint.create', { name: 'little' }));
    const late = destinationSchema.parse({ name: 'Late', connector: 'webhook', endpoint: simulator.endpoint('webhook.late') });
    await control.call('destination.put', { id: 'late', value: late });
    for (const messageId of ['a', 'b', 'c']) {
      const body = JSON.stringify({ messageId, event: 'Order', userId: 'u' });
      const headers = { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' };
      expect((await fetch(`${gateway.ingestUrl}/v1/track`, { method: 'POST', headers, body })).status).toBe(200);
    }
    // Without its credential the lane is held, so they wait.
    await until(async () => (await gateway.ledger()).ledgers.find(({ destination }) => destination === 'late')?.states.waiting === 3);
    const dry = await control.call('restorePoint.apply', { id, dryRun: true });
    expect(dry).toMatchObject({ removedDestinations: ['late'], radius: { destinations: [{ destination: 'late', waiting: 3 }] } });
    await gateway.server.stop('SIGKILL');
  });
  await withGateway({}, async (control, gateway) => {
    const { undo } = await control.call('restorePoint.apply', { id, confirm: 'little', reason: 'too much' });
    const { ledgers } = await gateway.ledger();
    expect(ledgers.filter(({ balanced }) => !balanced)).toEqual([]);
    expect((await control.call('document.list', { kind: 'destination' })).documents.map((each) => each.id)).toEqual(['hook']);
    await control.call('restorePoint.apply', { id: undo ?? '', confirm: undo ?? '', reason: 'undo' });
    expect((await control.call('document.list', { kind: 'destination' })).documents.map((each) => each.id)).toEqual(['hook', 'late']);
    expect(await control.call('audit.verify', {})).toMatchObject({ intact: true });
  });
});

it('is made before a configuration file changes something, and not before the first one', async () => {
  await withGateway({}, async (control) => {
    expect((await control.call('restorePoint.list', {})).points).toEqual([]);
  });
  await withGateway({ drainDeadlineMs: 7 }, async (control) => {
    expect((await control.call('restorePoint.list', {})).points).toMatchObject([
      { name: 'Before: the configuration file', automatic: true, by: 'config', differing: 1 },
    ]);
  });
  await withGateway({ drainDeadlineMs: 7 }, async (control) => {
    expect((await control.call('restorePoint.list', {})).points).toHaveLength(1);
  });
});
