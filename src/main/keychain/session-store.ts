import { err, ok } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import { checkSecret } from './secret-size.ts';
import type { SecretStore } from './secret-store.ts';

/** Keeps secrets in this process only: what is used where no keychain is to be had. Never on disk. */
export function createSessionStore(): SecretStore {
  const services = new Map<string, Map<string, Secret>>();
  return {
    get: async ({ service, account }) => ok(services.get(service)?.get(account) ?? null),
    async set({ service, account }, value) {
      const wrong = checkSecret(value);
      if (wrong) return err(wrong);
      const accounts = services.get(service) ?? new Map<string, Secret>();
      services.set(service, accounts.set(account, value));
      return ok(undefined);
    },
    delete: async ({ service, account }) => ok(services.get(service)?.delete(account) ?? false),
    list: async (service) => ok([...(services.get(service)?.keys() ?? [])].sort()),
    status: () => ({ state: 'ready', backend: 'session', detail: '' }),
    onStatus: () => {},
  };
}
