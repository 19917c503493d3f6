/** Guarded rollouts in a real gateway process, with a destination that hangs on a flag and a vendor that fails. No console is open. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { shareOf } from '#contract/documents/flag-share.ts';
import { type Rollout, rolloutSchema } from '#contract/documents/rollout.ts';
import type { InputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

const writeKey = 'rollout-test-key';
let folder: string;
let simulator: Simulator;
let stopTraffic: () => Promise<void>;
/** Asked for each request: a restarted gateway has another port. */
let gateway: BenchGateway;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-rollout-'));
  simulator = await createSimulator({ keep: 'counts' });
});
afterEach(async () => {
  await stopTraffic();
  await gateway[Symbol.asyncDispose]();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

/** A flag and a destination of one name each, the destination hanging on the flag. */
async function start(...names: readonly string[]): Promise<void> {
  const destination = (name: string) => ({
    ...{ id: name, connector: 'webhook', endpoint: simulator.endpoint(`webhook.${name}`), credential: { env: 'HOOK' } },
    delivery: { batchWaitMs: 0, maxAttempts: 100 },
  });
  gateway = await startGateway({
    dataFolder: join(folder, 'data'),
    env: { HOOK: `whsec_${Buffer.from('rollout test signing key').toString('base64')}` },
    config: { sources: [{ id: 'web', writeKey }], destinations: names.map(destination) },
  });
}

/** Flags for the destinations, which then hang on them; and traffic from a thousand users. */
async function open(...names: readonly string[]): Promise<void> {
  await start(...names);
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const { documents } = await control.call('document.list', { kind: 'destination' });
  for (const { id, value } of documents) {
    await control.call('flag.put', { id, value: flagOf(id) });
    await control.call('destination.put', { id, value: { ...(value as object), rollout: { flag: id } } as never });
  }
  stopTraffic = sendSteadily();
}

const flagOf = (id: string) => ({
  variants: { on: true, off: false },
  defaultVariant: 'off',
  description: `Events to ${id}`,
  exposed: false,
});

function sendSteadily(): () => Promise<void> {
  let isStopped = false;
  let next = 0;
  const event = () => ({ type: 'track', messageId: `m-${next}`, event: 'Order Completed', userId: `u-${next++ % 1000}` });
  const headers = { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' };
  async function work() {
    while (!isStopped) {
      const body = JSON.stringify({ batch: Array.from({ length: 40 }, event) });
      // Whoever sends while it is being killed sends again.
      await fetch(`${gateway.ingestUrl}/v1/batch`, { method: 'POST', headers, body })
        .then((answer) => answer.arrayBuffer())
        .catch(() => null);
      await pause(100);
    }
  }
  const working = work();
  return async () => {
    isStopped = true;
    await working;
  };
}

/** The pace of the traffic, and no wait for anything. */
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function rollOut(flag: string, more: Partial<InputOf<Operations['rollout.start']>> = {}): Promise<string> {
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const { id } = await control.call('rollout.start', {
    flag,
    variant: 'on',
    steps: [25, 50, 100].map((percent) => ({ percent, soakMs: 1000 })),
    guardrails: [
      {
        metric: 'errors',
        subject: { type: 'destination', id: flag },
        limit: { type: 'threshold', value: 0.02 },
        windowMs: 60_000,
        minSamples: 300,
      },
    ],
    ...more,
  });
  return id;
}

async function read(
  flag: string,
): Promise<{ rollout: Rollout; share: number | null; flag: unknown; revisions: readonly { by: string }[] }> {
  await using control = connectControl(gateway.controlUrl, gateway.token);
  const { documents } = await control.call('document.list', { kind: 'rollout' });
  const rollout = rolloutSchema.parse(documents.find(({ id }) => id.startsWith(flag))?.value);
  const { revisions } = await control.call('document.history', { kind: 'flag', id: flag });
  const value = flagSchema.parse(revisions[0]?.value);
  return { rollout, share: shareOf(value, 'on'), flag: value, revisions };
}

/** Asked twice a second: a question must not be what keeps the gateway busy. */
const when = (flag: string, isSo: (rollout: Rollout) => boolean) =>
  until(async () => {
    await pause(500);
    return isSo((await read(flag)).rollout);
  });

const told = ({ evidence }: Rollout) => evidence.map(({ did, step }) => `${did} ${step}`);

describe('a guarded rollout', () => {
  it('of a bad destination takes itself back with its sample, while noise beside it goes through', async () => {
    await open('bad', 'noisy');
    simulator.dial({ vendor: 'webhook.bad', failure: '500', share: 0.05 });
    simulator.dial({ vendor: 'webhook.noisy', failure: '500', share: 0.01 });
    await Promise.all([rollOut('bad'), rollOut('noisy')]);
    await when('bad', (rollout) => rollout.state !== 'running');
    const bad = await read('bad');
    expect(bad.rollout).toMatchObject({ state: 'reverted' });
    expect(bad.flag).toEqual(flagSchema.parse(flagOf('bad')));
    expect(bad.revisions[0]).toMatchObject({ by: 'rollout', reason: expect.stringContaining('attempts at bad failed') });
    const last = bad.rollout.evidence.at(-1);
    expect(last?.judged[0]?.samples).toBeGreaterThanOrEqual(300);
    expect(last?.judged[0]?.value).toBeGreaterThan(0.03);
    await when('noisy', (rollout) => rollout.state !== 'running');
    const noisy = await read('noisy');
    expect(told(noisy.rollout)).toEqual(['started 0', 'advanced 1', 'advanced 2', 'finished 2']);
    expect(noisy.share).toBe(100);
    // What was just measured of it is what another change can be held against.
    await using control = connectControl(gateway.controlUrl, gateway.token);
    await control.call('flag.put', { id: 'spare', value: flagOf('spare') });
    const subject = { type: 'destination', id: 'noisy' } as const;
    await rollOut('spare', { guardrails: [{ metric: 'errors', subject, limit: { type: 'before', lastMs: 60_000 }, minSamples: 300 }] });
    const [baseline] = (await read('spare')).rollout.baselines;
    expect(baseline?.value).toBeGreaterThan(0.005);
    expect(baseline?.value).toBeLessThan(0.02);
    expect(baseline?.atMost).toBeLessThan(0.03);
  });

  it('goes on after each SIGKILL where it was: no step is lost, none is done twice', async () => {
    await open('good');
    const percents = [10, 25, 50, 100];
    const subject = { type: 'destination', id: 'good' } as const;
    await rollOut('good', {
      steps: percents.map((percent) => ({ percent, soakMs: 0 })),
      guardrails: [{ metric: 'errors', subject, limit: { type: 'threshold', value: 0.05 }, windowMs: 5000, minSamples: 50 }],
    });
    for (let step = 0; step < percents.length - 1; step++) {
      await when('good', (rollout) => rollout.step === step);
      process.kill(gateway.server.pid, 'SIGKILL');
      await gateway[Symbol.asyncDispose]();
      await start('good');
      const { rollout, share } = await read('good');
      expect(share).toBe(percents[rollout.step]);
    }
    await when('good', (rollout) => rollout.state === 'done');
    const { rollout, share, revisions } = await read('good');
    expect(told(rollout)).toEqual(['started 0', 'advanced 1', 'advanced 2', 'advanced 3', 'finished 3']);
    expect(share).toBe(100);
    // One for the flag itself and one for each step.
    expect(revisions).toHaveLength(1 + percents.length);
  });
});
