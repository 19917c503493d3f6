import { type AppError, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { type Secret, secret } from '#contract/secret.ts';
import { createChunkedEntries, type Entries, type EntryBackend } from './chunks.ts';
import { addToIndex, readIndex, removeFromIndex } from './index-entry.ts';
import { keychainFailure } from './keychain-failure.ts';
import { checkSecret } from './secret-size.ts';
import type { KeychainStatus, SecretName, SecretStore } from './secret-store.ts';
import { assertUnlocked } from './sentinel.ts';
import { createSerialQueue } from './serial-queue.ts';

/** A person's dialog is given this long before the console says that the keychain waits. */
const keychainDeadlineMs = 5_000;

interface KeytarStoreOptions {
  /** Loads the native module; the default imports keytar on first use, so that a machine without it can still start. */
  readonly load?: () => Promise<EntryBackend>;
  readonly deadlineMs?: number;
}

async function loadKeytar(): Promise<EntryBackend> {
  const module = await import('keytar');
  return module.default;
}

export interface KeytarStore extends SecretStore {
  /** A call is open past its deadline. The process can then only be ended by SIGKILL: an exit waits for the thread that hangs. */
  isStuck(): boolean;
}

/** The operating system's keychain through keytar, the only file that imports it. */
export function createKeytarStore({ load = loadKeytar, deadlineMs = keychainDeadlineMs }: KeytarStoreOptions = {}): KeytarStore {
  let backend: Promise<EntryBackend> | undefined;
  let status: KeychainStatus = { state: 'unknown', backend: 'keytar', detail: '' };
  const listeners: (() => void)[] = [];
  const queue = createSerialQueue(deadlineMs, () => setStatus('unknown', 'The keychain answered; try again.'));

  function setStatus(state: KeychainStatus['state'], detail: string): void {
    if (status.state === state && status.detail === detail) return;
    status = { state, backend: 'keytar', detail };
    for (const listener of listeners) listener();
  }

  function fail<T>(error: AppError): Result<T> {
    if (error.code === 'KEYCHAIN_LOCKED') setStatus('locked', detailOf(error));
    else if (error.code === 'KEYCHAIN_UNAVAILABLE') setStatus('unavailable', detailOf(error));
    else if (error.code === 'KEYCHAIN_WAITING') setStatus('waiting', error.message);
    else if (error.code === 'KEYCHAIN_FAILED') setStatus('unknown', detailOf(error));
    return err(error);
  }

  async function withEntries<T>(service: string, call: (entries: Entries, backend: EntryBackend) => Promise<T>): Promise<Result<T>> {
    try {
      const outcome = await queue.run(async () => {
        backend ??= load();
        const loaded = await backend;
        return call(createChunkedEntries(loaded, service), loaded);
      });
      if (outcome.state === 'waiting') return fail(appError('KEYCHAIN_WAITING'));
      setStatus('ready', '');
      return ok(outcome.value);
    } catch (thrown) {
      return fail(keychainFailure(thrown));
    }
  }

  return {
    async get({ service, account }: SecretName): Promise<Result<Secret | null>> {
      const read = await withEntries(service, async (entries, keychain) => {
        const text = await entries.get(account);
        if (text === null) await assertUnlocked(keychain);
        return text;
      });
      return read.ok ? ok(read.value === null ? null : secret(read.value)) : read;
    },
    async set({ service, account }, value) {
      const wrong = checkSecret(value);
      if (wrong) return err(wrong);
      return withEntries(service, async (entries) => {
        await addToIndex(entries, account);
        await entries.set(account, value.reveal());
      });
    },
    delete: ({ service, account }) =>
      withEntries(service, async (entries, keychain) => {
        const isDeleted = await entries.delete(account);
        if (!isDeleted) await assertUnlocked(keychain);
        await removeFromIndex(entries, account);
        return isDeleted;
      }),
    list: (service) =>
      withEntries(service, async (entries, keychain) => {
        const accounts = await readIndex(entries);
        if (accounts.length === 0) await assertUnlocked(keychain);
        return [...accounts].sort();
      }),
    status: () => status,
    isStuck: queue.isStuck,
    onStatus: (listener) => void listeners.push(listener),
  };
}

function detailOf(error: AppError): string {
  const detail = error.details?.detail;
  return typeof detail === 'string' ? detail : error.message;
}
