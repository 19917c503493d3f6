import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secret } from '#contract/secret.ts';
import { createWindowsLikeBackend } from '#tests/support/keychain/entry-backend.ts';
import { type RealKeychain, startRealKeychain } from '#tests/support/keychain/real-keychain.ts';
import { describeSecretStore } from '#tests/support/keychain/secret-store-conformance.ts';
import { needs, whyNoRealKeychain } from '#tests/support/requirements.ts';
import { createKeytarStore } from './keytar-store.ts';

const name = { service: 'sluice/embedded/', account: 'hubspot/1' };

const { isMissing, why } = needs(whyNoRealKeychain());

describe.skipIf(isMissing)(`with a real gnome-keyring${why}`, () => {
  let keychain: RealKeychain;
  beforeAll(async () => {
    keychain = await startRealKeychain();
    // libsecret reads these when the first call opens the bus.
    Object.assign(process.env, keychain.env);
  });
  afterAll(() => keychain.stop());

  describeSecretStore('keytar on gnome-keyring', () => createKeytarStore());

  it('is ready after a call, and tells who listens', async () => {
    const store = createKeytarStore();
    const seen: string[] = [];
    store.onStatus(() => seen.push(store.status().state));
    expect(store.status().state).toBe('unknown');
    await store.get(name);
    expect(seen).toEqual(['ready']);
  });

  // The last of this process: libsecret does not find a new service by itself.
  it('says that Sluice must be restarted when the keyring service was', async () => {
    const store = createKeytarStore();
    await keychain.restart();
    expect(await store.set(name, secret('s3cret'))).toMatchObject({ ok: false, error: { code: 'KEYCHAIN_UNAVAILABLE' } });
    expect(store.status().detail).toContain('Restart Sluice');
  });
});

describeSecretStore('keytar on entries of 2,560 bytes', () => createKeytarStore({ load: async () => createWindowsLikeBackend() }));

describe('a keychain that cannot be had', () => {
  it('is a value, not an exception, when the module does not load', async () => {
    const store = createKeytarStore({ load: () => Promise.reject(new Error('libsecret-1.so.0: cannot open shared object file')) });
    const result = await store.set(name, secret('s3cret'));
    expect(result).toMatchObject({ ok: false, error: { code: 'KEYCHAIN_UNAVAILABLE' } });
    expect(JSON.stringify(result)).not.toContain('s3cret');
    expect(store.status()).toMatchObject({ state: 'unavailable', detail: expect.stringContaining('apt install libsecret-1-0') });
  });

  it('says that it waits when a call stays open', async () => {
    const store = createKeytarStore({ deadlineMs: 10, load: () => new Promise(() => {}) });
    expect(await store.get(name)).toMatchObject({ ok: false, error: { code: 'KEYCHAIN_WAITING' } });
    expect(store.status().state).toBe('waiting');
    expect(store.isStuck()).toBe(true);
  });
});
