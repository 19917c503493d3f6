import { describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { err } from '#contract/result.ts';
import { secret } from '#contract/secret.ts';
import { createLayeredStore } from './layered-store.ts';
import type { SecretStore } from './secret-store.ts';
import { createSessionStore } from './session-store.ts';

const name = { service: 'sluice/embedded/', account: 'hubspot/1' };

/** A keychain that can be locked and opened. */
function createLockable(): SecretStore & { isLocked: boolean } {
  const inner = createSessionStore();
  const locked = err<never>(appError('KEYCHAIN_LOCKED'));
  const store = {
    isLocked: true,
    get: async (which: typeof name) => (store.isLocked ? locked : inner.get(which)),
    set: async (which: typeof name, value: ReturnType<typeof secret>) => (store.isLocked ? locked : inner.set(which, value)),
    delete: async (which: typeof name) => (store.isLocked ? locked : inner.delete(which)),
    list: async (service: string) => (store.isLocked ? locked : inner.list(service)),
    status: inner.status,
    onStatus: inner.onStatus,
  };
  return store;
}

describe('a keychain with the session behind it', () => {
  it('keeps for this session what the keychain does not take, and says which it was', async () => {
    const keychain = createLockable();
    const store = createLayeredStore(keychain);
    expect(await store.set(name, secret('a'))).toEqual({ ok: true, value: 'session' });
    const found = await store.get(name);
    expect(found.ok && found.value?.reveal()).toBe('a');
    expect(await store.list(name.service)).toMatchObject({ accounts: ['hubspot/1'], failure: { code: 'KEYCHAIN_LOCKED' } });
  });

  it('moves it into the keychain when asked again after unlocking', async () => {
    const keychain = createLockable();
    const store = createLayeredStore(keychain);
    await store.set(name, secret('a'));
    keychain.isLocked = false;
    await store.promote(name);
    const kept = await keychain.get(name);
    expect(kept.ok && kept.value?.reveal()).toBe('a');
  });

  it('does not call a secret deleted that a locked keychain may still hold', async () => {
    const store = createLayeredStore(createLockable());
    expect(await store.delete(name)).toMatchObject({ ok: false, error: { code: 'KEYCHAIN_LOCKED' } });
  });

  it('refuses an empty secret', async () => {
    const keychain = createLockable();
    keychain.isLocked = false;
    expect(await createLayeredStore(keychain).set(name, secret(''))).toMatchObject({ ok: false, error: { code: 'SECRET_EMPTY' } });
  });
});
