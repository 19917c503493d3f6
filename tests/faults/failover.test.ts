import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failoverSchema } from '#contract/documents/endpoints.ts';
import { topics } from '#contract/operations/topics.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type ControlClient, connectControl } from '#tests/support/gateway/control-client.ts';
import { startSender } from '#tests/support/gateway/sender.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

const writeKey = 'failover-test-key';
let folder: string;
let primary: Simulator;
let secondary: Simulator;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-failover-'));
  [primary, secondary] = [await createSimulator({ keep: 'keys' }), await createSimulator({ keep: 'keys' })];
});
afterEach(async () => {
  await Promise.all([primary.close(), secondary.close()]);
  await rm(folder, { recursive: true, force: true });
});

function start(dedupeDomain: string): Promise<BenchGateway> {
  const hook = {
    id: 'hook',
    connector: 'webhook',
    endpoint: primary.endpoint('webhook'),
    endpoints: { healthyMs: 500, dwellMs: 300, others: [{ id: 'eu', url: secondary.endpoint('webhook'), dedupeDomain }] },
    credential: { env: 'HOOK' },
    delivery: { batchWaitMs: 0, timeoutMs: 2000, maxAttempts: 100, breaker: { minCalls: 4, openMs: 200 } },
  };
  return startGateway({
    dataFolder: join(folder, 'data'),
    env: { HOOK: `whsec_${Buffer.from('failover test signing key').toString('base64')}` },
    config: { sources: [{ id: 'web', writeKey }], destinations: [hook] },
  });
}

async function send(gateway: BenchGateway, ...messageIds: string[]): Promise<void> {
  const response = await fetch(`${gateway.ingestUrl}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: messageIds.map((messageId) => ({ type: 'track', messageId, event: 'E', userId: 'u' })) }),
  });
  expect(response.status).toBe(200);
}

const ids = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/** Where the destination is, by what the gateway says, and by what it wrote down, oldest first. */
async function placeOf(gateway: BenchGateway): Promise<{ active: string; history: string[] }> {
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const { destinations } = await control.call('transport.read', { destination: 'hook' });
  const known = await control.call('document.list', { kind: 'failover' });
  const { revisions } =
    known.documents.length === 0 ? { revisions: [] } : await control.call('document.history', { kind: 'failover', id: 'hook' });
  const history = revisions.map(({ value }) => failoverSchema.parse(value).active).reverse();
  return { active: destinations[0]?.active ?? '', history };
}

const settledLedger = async (gateway: BenchGateway) => (await gateway.ledger()).ledgers[0];

describe('two endpoints of one vendor, which know each other’s events', () => {
  it('carry on for each other: the first dies, the second takes over, the first returns; nothing is lost', {
    timeout: 120_000,
  }, async () => {
    await using gateway = await start('primary');
    await send(gateway, ...ids(100, 'before'));
    await until(() => primary.stored('webhook').size === 100);
    const first = primary.stored('webhook');
    const { port } = primary;
    await primary.close();
    await send(gateway, ...ids(200, 'during'));
    await until(() => secondary.stored('webhook').size === 200);
    expect(await placeOf(gateway)).toEqual({ active: 'eu', history: ['eu'] });
    primary = await createSimulator({ keep: 'keys', port });
    await until(async () => (await placeOf(gateway)).active === 'primary');
    await send(gateway, ...ids(100, 'after'));
    await until(() => primary.stored('webhook').size === 100);

    const everywhere = new Set([...first.keys(), ...secondary.stored('webhook').keys(), ...primary.stored('webhook').keys()]);
    expect(everywhere).toEqual(new Set([...ids(100, 'before'), ...ids(200, 'during'), ...ids(100, 'after')]));
    expect((await placeOf(gateway)).history).toEqual(['eu', 'primary']);
    await using control = connectControl(gateway.controlUrl, gateway.token);
    const { entries } = await control.call('audit.list', {});
    expect(entries.filter(({ action }) => action === 'endpoint.changed').map(({ by, target }) => `${by} ${target}`)).toEqual([
      'system destination/hook',
      'system destination/hook',
    ]);
    await until(async () => (await settledLedger(gateway))?.states.confirmed === 400);
    expect(await settledLedger(gateway)).toMatchObject({ balanced: true, states: { dead: 0, retrying: 0 } });
  });

  it('go where a person says, and back to the gateway’s choice', { timeout: 60_000 }, async () => {
    await using gateway = await start('primary');
    await using control = connectControl(gateway.controlUrl, gateway.token);
    expect(await control.call('endpoint.use', { destination: 'hook', endpoint: 'eu', reason: 'try it', dryRun: true })).toMatchObject({
      active: 'eu',
    });
    expect((await placeOf(gateway)).active).toBe('primary');
    await control.call('endpoint.use', { destination: 'hook', endpoint: 'eu', reason: 'the vendor asked us to' });
    await send(gateway, ...ids(10, 'm'));
    await until(() => secondary.stored('webhook').size === 10);
    await control.call('endpoint.use', { destination: 'hook', endpoint: null });
    await until(async () => (await placeOf(gateway)).active === 'primary');
    await expect(control.call('endpoint.use', { destination: 'hook', endpoint: 'mars' })).rejects.toThrow('ENDPOINT_UNKNOWN');
  });
});

describe('two endpoints in two dedupe domains', () => {
  it('never get the same event, though lines are cut, the first fails and the gateway is killed', { timeout: 180_000 }, async () => {
    let gateway = await start('eu');
    const sender = startSender({ url: () => gateway.ingestUrl, writeKey, workers: 4, prefix: 'k' });
    const kill = async () => {
      await gateway.server.stop('SIGKILL');
      const former = gateway;
      gateway = await start('eu');
      await former[Symbol.asyncDispose]();
    };
    await until(() => primary.stored('webhook').size > 50);
    for (const round of [1, 2]) {
      // Keeps events and cuts the line: uncertain. Then fails outright.
      primary.dial({ vendor: 'webhook', failure: 'reset', share: 0.5 });
      await until(() => primary.counters().webhook?.failed !== undefined && (primary.counters().webhook?.failed ?? 0) > round * 5);
      primary.dial({ vendor: 'webhook', failure: '500' });
      const before = secondary.stored('webhook').size;
      await until(() => secondary.stored('webhook').size > before + 50);
      await kill();
      secondary.dial({ vendor: 'webhook', failure: 'slow', delayMs: 50 });
      await until(() => secondary.stored('webhook').size > before + 100);
      await kill();
      primary.dial({ vendor: 'webhook', failure: 'ok' });
      secondary.dial({ vendor: 'webhook', failure: '500' });
      const back = primary.stored('webhook').size;
      await until(() => primary.stored('webhook').size > back + 50);
      secondary.dial({ vendor: 'webhook', failure: 'ok' });
    }
    await sender.stop();
    // What may be at the second waits for the lane to be there again.
    await using control = connectControl(gateway.controlUrl, gateway.token);
    const isDone = async () => {
      const states = (await settledLedger(gateway))?.states;
      return states !== undefined && states.waiting + states.retrying + states.held === 0;
    };
    for (let turn = 0; !(await isDone()); turn++) {
      const endpoint = turn % 2 === 0 ? 'eu' : 'primary';
      await until(async () => {
        const used = await control.call('endpoint.use', { destination: 'hook', endpoint, reason: 'drain' }).catch(() => null);
        return used !== null;
      });
      await until(async () => (await isDone()) || (await waitsFor(control, endpoint)));
    }
    const [atFirst, atSecond] = [primary.stored('webhook'), secondary.stored('webhook')];
    expect([...atFirst.keys()].filter((key) => atSecond.has(key))).toEqual([]);
    const lost = [...sender.acknowledged].filter((id) => !atFirst.has(id) && !atSecond.has(id));
    expect(lost).toEqual([]);
    expect(await settledLedger(gateway)).toMatchObject({ balanced: true, states: { dead: 0 } });
    await gateway[Symbol.asyncDispose]();
  });
});

/** Whether nothing is left but what waits for another endpoint than this. */
async function waitsFor(control: ControlClient, endpoint: string): Promise<boolean> {
  const { destinations } = await control.call('transport.read', { destination: 'hook' });
  if (destinations[0]?.active !== endpoint) return false;
  const { ledgers } = await control.call('ledger.read', { destination: 'hook' });
  const states = ledgers[0]?.states;
  if (states === undefined || states.waiting > 0) return false;
  await threeStillSeconds(control);
  return true;
}

/** Rows are looked at again every second: after three ticks in which none went, only those are left that belong elsewhere. */
function threeStillSeconds({ peer }: ControlClient): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: number[] = [];
  const subscription = peer.subscribe(
    topics['telemetry.tick'],
    {},
    {
      onItems: (ticks) => {
        seen.push(...ticks.map(({ destinations }) => destinations.find(({ id }) => id === 'hook')?.retrying ?? 0));
        const last = seen.slice(-4);
        if (last.length === 4 && new Set(last).size === 1) resolve();
      },
    },
  );
  return promise.finally(() => subscription.close());
}
