/**
 * The keychain with the session behind it. A secret that the keychain does not take is kept in
 * memory for this session, never on disk, and the caller is told which it was.
 */
import type { AppError } from '#contract/errors.ts';
import { ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { KeychainStatus, SecretName, SecretStore } from './secret-store.ts';
import { createSessionStore } from './session-store.ts';

export type StoredIn = 'keychain' | 'session';

export interface Accounts {
  readonly accounts: readonly string[];
  readonly failure: AppError | null;
}

export interface LayeredStore {
  get(name: SecretName): Promise<Result<Secret | null>>;
  /** Fails only where the secret itself is at fault (SECRET_EMPTY, SECRET_TOO_LONG). */
  set(name: SecretName, secret: Secret): Promise<Result<StoredIn>>;
  /** True when it was anywhere. A keychain that is there and refuses is an error: the secret may still be in it. */
  delete(name: SecretName): Promise<Result<boolean>>;
  /** Accounts of both. `failure`: why the keychain's own are not among them. */
  list(service: string): Promise<Accounts>;
  /** Tries again to put a secret that is kept for this session into the keychain. */
  promote(name: SecretName): Promise<void>;
  status(): KeychainStatus;
  onStatus(listener: () => void): void;
}

export function createLayeredStore(keychain: SecretStore, session: SecretStore = createSessionStore()): LayeredStore {
  async function set(name: SecretName, secret: Secret): Promise<Result<StoredIn>> {
    const kept = await keychain.set(name, secret);
    if (kept.ok) {
      await session.delete(name);
      return ok('keychain');
    }
    if (kept.error.code === 'SECRET_EMPTY') return kept;
    const held = await session.set(name, secret);
    return held.ok ? ok('session') : held;
  }

  return {
    async get(name) {
      const held = await session.get(name);
      return held.ok && held.value ? held : keychain.get(name);
    },
    set,
    async delete(name) {
      const held = await session.delete(name);
      const kept = await keychain.delete(name);
      if (kept.ok) return ok(kept.value || (held.ok && held.value));
      return kept.error.code === 'KEYCHAIN_UNAVAILABLE' ? held : kept;
    },
    async list(service) {
      const [held, kept] = [await session.list(service), await keychain.list(service)];
      const accounts = [...new Set([...(held.ok ? held.value : []), ...(kept.ok ? kept.value : [])])].sort();
      return { accounts, failure: kept.ok ? null : kept.error };
    },
    async promote(name) {
      const held = await session.get(name);
      if (held.ok && held.value) await set(name, held.value);
    },
    status() {
      const status = keychain.status();
      return status.state === 'unavailable' ? { ...status, backend: 'session' } : status;
    },
    onStatus: (listener) => keychain.onStatus(listener),
  };
}
