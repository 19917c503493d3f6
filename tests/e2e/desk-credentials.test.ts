import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deskOperations, deskTopics } from '#contract/desk/operations.ts';
import { operations } from '#contract/operations/index.ts';
import type { Peer } from '#contract/peer.ts';
import { type HostProcess, startHostProcess } from '#tests/support/desk/host-process.ts';
import { type RealKeychain, startRealKeychain } from '#tests/support/keychain/real-keychain.ts';
import { needs, whyNoRealKeychain } from '#tests/support/requirements.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';

/** The vendor refuses whatever is not signed with this. */
const secretText = `whsec_${Buffer.from('a secret that must appear nowhere').toString('base64')}`;
const place = { environment: 'embedded', destination: 'orders' };
const { isMissing, why } = needs(whyNoRealKeychain());

let folder: string;
let keychain: RealKeychain;
let simulator: Simulator;
let host: HostProcess;
let desk: Peer;
let gateway: Peer;
const frames: string[] = [];

async function startHost(): Promise<void> {
  const args = ['--data', join(folder, 'data'), '--ingest-port', '0', '--config', join(folder, 'sluice.yaml')];
  host = await startHostProcess(args, keychain.env);
  desk = await host.connect('desk', (frame) => void frames.push(frame));
  await new Promise<void>((resolve) => {
    const isLive = {
      onItems: (items: readonly { environments: readonly { link: string }[] }[]) =>
        void (items.at(-1)?.environments[0]?.link === 'live' && resolve()),
    };
    desk.subscribe(deskTopics['desk.changed'], {}, isLive);
  });
  gateway = await host.connect('gateway/embedded', (frame) => void frames.push(frame));
}

async function ask<T>(answer: Promise<{ ok: true; value: T } | { ok: false; error: { code: string } }>): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(`${result.error.code}\n${host.log()}`);
  return result.value;
}

async function sendEvent(messageId: string): Promise<void> {
  const { ingestUrl } = await ask(gateway.call(operations['system.status'], {}));
  const response = await fetch(`${ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('desk-key:').toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'track', event: 'Order Completed', userId: 'u1', messageId, timestamp: new Date().toISOString() }),
  });
  expect(response.status).toBe(200);
}

const row = async () =>
  (await ask(gateway.call(operations['credential.list'], {}))).credentials.find(({ destination }) => destination === 'orders');
const stored = (): number => simulator.counters().webhook?.stored ?? 0;

/** Command lines and environments of every process that this user may look at. */
function processTexts(): readonly string[] {
  return globSync('/proc/[0-9]*/{cmdline,environ}').flatMap((path) => {
    try {
      return [readFileSync(path, 'latin1')];
    } catch {
      return [];
    }
  });
}

function filesHolding(text: string): readonly string[] {
  return globSync(join(folder, 'data/**'), { exclude: [] }).filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

describe.skipIf(isMissing)(`a credential, from the desk to the vendor and back after a restart${why}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-credentials-'));
    keychain = await startRealKeychain();
    simulator = await createSimulator({ keep: 'keys', credentials: { webhook: secretText } });
    const orders = { id: 'orders', name: 'Orders', connector: 'webhook', endpoint: simulator.endpoint('webhook') };
    writeFileSync(join(folder, 'sluice.yaml'), JSON.stringify({ sources: [{ id: 'web', writeKey: 'desk-key' }], destinations: [orders] }));
    await startHost();
  });
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]();
    await simulator?.close();
    await keychain?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is missing at first: the lane holds its events and says why', async () => {
    expect(await row()).toMatchObject({ state: 'missing', version: null });
    await sendEvent('before-the-credential');
    expect(stored()).toBe(0);
  });

  it('is put once, and what waited is delivered', async () => {
    const put = await ask(
      desk.call(deskOperations['credential.put'], { ...place, fields: { secret: secretText } }, { deadlineMs: 30_000 }),
    );
    expect(put).toMatchObject({ version: 1, stored: 'keychain' });
    expect(await row()).toMatchObject({ state: 'present', version: 1, from: 'desk', fingerprint: put.fingerprint });
    await expect.poll(stored).toBe(1);
  });

  it('appears in the one frame that brought it, and nowhere else', async () => {
    await desk.call(deskOperations['desk.state'], {});
    await gateway.call(operations['document.history'], { kind: 'credential', id: 'orders' });
    await gateway.call(operations['audit.list'], {});
    const inner = Buffer.from('a secret that must appear nowhere').toString('base64');
    expect(frames.filter((frame) => frame.includes(inner))).toHaveLength(1);
    expect(host.log()).not.toContain(inner);
    expect(filesHolding(inner)).toEqual([]);
    expect(processTexts().filter((text) => text.includes(inner))).toEqual([]);
  });

  it('is bound again from the keychain after a restart of console and gateway', async () => {
    await host[Symbol.asyncDispose]();
    await startHost();
    await expect.poll(async () => (await row())?.state).toBe('present');
    await sendEvent('after-the-restart');
    await expect.poll(stored).toBe(2);
  });

  it('is kept for this session when the keyring is locked, and the state says so', async () => {
    await keychain.lock();
    const put = await ask(
      desk.call(deskOperations['credential.put'], { ...place, fields: { secret: secretText } }, { deadlineMs: 30_000 }),
    );
    expect(put).toMatchObject({ version: 2, stored: 'session' });
    expect((await ask(desk.call(deskOperations['desk.state'], {}))).keychain).toMatchObject({ state: 'locked' });
    await sendEvent('with-a-locked-keyring');
    await expect.poll(stored).toBe(3);
  });

  it('is taken from the gateway at once when it is deleted, though the keyring is locked', async () => {
    const deleted = await desk.call(
      deskOperations['credential.delete'],
      { ...place, confirm: 'orders', reason: 'leaked' },
      { deadlineMs: 30_000 },
    );
    expect(deleted).toMatchObject({ ok: false, error: { code: 'KEYCHAIN_LOCKED' } });
    expect(await row()).toMatchObject({ state: 'missing' });
    await sendEvent('after-the-deletion');
    expect(stored()).toBe(3);
  });

  it('ends in time even while the keyring hangs', async () => {
    keychain.suspend();
    const put = await ask(
      desk.call(deskOperations['credential.put'], { ...place, fields: { secret: secretText } }, { deadlineMs: 30_000 }),
    );
    expect(put.stored).toBe('session');
    expect((await ask(desk.call(deskOperations['desk.state'], {}))).keychain).toMatchObject({ state: 'waiting' });
    await host[Symbol.asyncDispose]();
    // An ordinary exit would have waited for the hanging call.
    expect(host.process.signalCode).toBe('SIGKILL');
    keychain.resume();
  });
});
