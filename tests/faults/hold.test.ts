import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { until } from '#tests/support/until.ts';

let simulator: Simulator;
let folder: string;
let data: string;
const writeKey = 'hold-test-key';
const cli = join(import.meta.dirname, '../../src/cli/index.ts');

beforeEach(async () => {
  simulator = await createSimulator({ keep: 'keys' });
  folder = await mkdtemp(join(tmpdir(), 'sluice-hold-'));
  data = join(folder, 'data');
  await mkdir(data);
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

function start(args: readonly string[] = []): Promise<BenchGateway> {
  return startGateway({
    dataFolder: data,
    args,
    env: { HOOK: `whsec_${Buffer.from('hold test signing key').toString('base64')}` },
    config: {
      sources: [{ id: 'web', writeKey }],
      destinations: [
        { id: 'hook', connector: 'webhook', endpoint: simulator.endpoint('webhook'), credential: { env: 'HOOK' } },
        { id: 'other', connector: 'webhook', endpoint: simulator.endpoint('webhook.other'), credential: { env: 'HOOK' } },
      ],
    },
  });
}

async function send(gateway: BenchGateway, messageId: string): Promise<void> {
  const response = await fetch(`${gateway.ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messageId, event: 'E', userId: 'u' }),
  });
  expect(response.status).toBe(200);
}

function sluice(...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, text: stdout + stderr }),
    );
  });
}

const has = (vendor: string, key: string) => simulator.stored(vendor).has(key);

describe('parking without the console', () => {
  it('obeys a hold file that was there before it started, for that destination alone, until the line is gone', async () => {
    await writeFile(join(data, 'hold'), '# the vendor asked us to stop\ndestination:hook\n');
    await using gateway = await start();
    await send(gateway, 'a');
    await until(() => has('webhook.other', 'a'));
    const { ledgers } = await gateway.ledger();
    expect(ledgers.find(({ destination }) => destination === 'hook')?.states.waiting).toBe(1);
    expect(has('webhook', 'a')).toBe(false);
    await writeFile(join(data, 'hold'), '# nothing any more\n');
    await rm(join(data, 'hold'));
    await until(() => has('webhook', 'a'));
  });

  it('cannot be lifted by a command while the file says hold', async () => {
    await writeFile(join(data, 'hold'), 'everything\n');
    await using gateway = await start();
    await using control = connectControl(gateway.controlUrl, gateway.token);
    await control.call('switch.set', { scope: { type: 'everything' }, mode: 'flow', backlog: { choice: 'drain' }, reason: 'try' });
    await send(gateway, 'a');
    const { ledgers } = await gateway.ledger();
    expect(ledgers.map(({ states }) => states.waiting)).toEqual([1, 1]);
  });

  it('starts parked with the start flag', async () => {
    await using gateway = await start(['--park', 'destination:hook']);
    await send(gateway, 'a');
    await until(() => has('webhook.other', 'a'));
    expect(has('webhook', 'a')).toBe(false);
  });

  it('parks and opens with the command line over the control port', async () => {
    await using gateway = await start();
    const parked = await sluice('park', 'hook', '--data', data, '--reason', 'drill');
    expect(parked).toMatchObject({ code: 0 });
    await send(gateway, 'a');
    await until(() => has('webhook.other', 'a'));
    expect(has('webhook', 'a')).toBe(false);
    const opened = await sluice('open', 'hook', '--data', data, '--reason', 'drill over', '--backlog', 'drain');
    expect(opened).toMatchObject({ code: 0 });
    await until(() => has('webhook', 'a'));
    const where = await sluice('where', 'a', '--data', data);
    expect(where.text).toContain('hook');
  });

  it('parks with the command line when nothing listens on the control port', async () => {
    const parked = await sluice('park', 'hook', '--data', data);
    expect(parked.code).toBe(0);
    expect(parked.text).toContain('hold');
    expect(await readFile(join(data, 'hold'), 'utf8')).toContain('destination:hook');
    await using gateway = await start();
    await send(gateway, 'a');
    await until(() => has('webhook.other', 'a'));
    expect(has('webhook', 'a')).toBe(false);
  });
});
