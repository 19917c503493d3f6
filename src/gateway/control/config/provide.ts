import { ok, type Result } from '#contract/result.ts';
import type { Config } from '../config.ts';
import type { Vault } from '../vault.ts';

/** Hands the vault what the file takes from the environment; after `applyConfig`, whose documents it is bound to. */
export function provideCredentials(config: Config, vault: Vault): Result<void> {
  for (const { destination, fields } of config.credentials) {
    const declared = config.destinations.find((one) => one.id === destination);
    if (declared === undefined) continue;
    const provided = vault.provide({ destination, declared: declared.value, fields });
    if (!provided.ok) return provided;
  }
  return ok(undefined);
}
