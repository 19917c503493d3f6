import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNoBusEnv, type RealKeychain, startRealKeychain } from '#tests/support/keychain/real-keychain.ts';
import { needs, whyNoRealKeychain } from '#tests/support/requirements.ts';

const probePath = fileURLToPath(new URL('../../../tests/support/keychain/probe.ts', import.meta.url));

/** What a process of its own makes of the keychain in `env`. */
async function probe(env: Readonly<Record<string, string>>, action: 'set' | 'get' | 'list', deadlineMs = 5_000): Promise<unknown> {
  const child = spawn(process.execPath, [probePath, action, String(deadlineMs)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.on('data', (data) => {
    out += String(data);
  });
  child.stderr.on('data', (data) => {
    errors += String(data);
  });
  await once(child, 'close');
  if (out === '') throw new Error(`the probe ended with ${child.exitCode ?? child.signalCode}: ${errors}`);
  return JSON.parse(out);
}

const failure = (code: string): unknown => ({ result: { ok: false, error: { code } } });

const { isMissing, why } = needs(whyNoRealKeychain());

describe.skipIf(isMissing)(`the keychain of a process${why}`, () => {
  let keychain: RealKeychain;
  beforeAll(async () => {
    keychain = await startRealKeychain();
  });
  afterAll(() => keychain.stop());

  it('is kept between processes, and hangs, locks and opens as the keyring does', async () => {
    expect(await probe(keychain.env, 'set')).toMatchObject({ result: { ok: true }, status: { state: 'ready' } });
    expect(await probe(keychain.env, 'get')).toMatchObject({ result: { ok: true, value: 'from the probe' } });

    keychain.suspend();
    expect(await probe(keychain.env, 'get', 300)).toMatchObject({
      ...Object(failure('KEYCHAIN_WAITING')),
      status: { state: 'waiting' },
      isStuck: true,
    });
    keychain.resume();

    await keychain.lock();
    for (const action of ['get', 'set', 'list'] as const) {
      expect(await probe(keychain.env, action)).toMatchObject({ ...Object(failure('KEYCHAIN_LOCKED')), status: { state: 'locked' } });
    }
  });

  it('is unavailable where the bus has no keyring', async () => {
    const bare = await startRealKeychain('no-service');
    expect(await probe(bare.env, 'set')).toMatchObject({
      ...Object(failure('KEYCHAIN_UNAVAILABLE')),
      status: { detail: expect.stringContaining('keyring service') },
    });
    await bare.stop();
  });

  it('is unavailable where there is no bus', async () => {
    const nowhere = await createNoBusEnv();
    expect(await probe(nowhere.env, 'get')).toMatchObject({
      ...Object(failure('KEYCHAIN_UNAVAILABLE')),
      status: { detail: expect.stringContaining('session bus') },
    });
    await nowhere.stop();
  });
});
