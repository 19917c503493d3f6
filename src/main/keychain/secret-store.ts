/**
 * Where secrets rest on this machine. Two drivers pass one conformance suite: `keytar` (the
 * operating system's keychain) and `session` (memory, gone with the process). Another backend
 * is one more file behind this port.
 */
import type { DeskState } from '#contract/desk/operations.ts';
import type { Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';

export type KeychainStatus = DeskState['keychain'];

/** Names of one secret. `service` comes from `serviceOf`; `account` never contains `#`. */
export interface SecretName {
  readonly service: string;
  readonly account: string;
}

/**
 * Every failure is a value: KEYCHAIN_LOCKED, KEYCHAIN_UNAVAILABLE, KEYCHAIN_WAITING (the call
 * is still open, usually behind a dialog), KEYCHAIN_FAILED, SECRET_EMPTY, SECRET_TOO_LONG.
 */
export interface SecretStore {
  get(name: SecretName): Promise<Result<Secret | null>>;
  /** Replaces whatever was there. A failure leaves the former value whole. */
  set(name: SecretName, secret: Secret): Promise<Result<void>>;
  /** False when there was nothing to delete. */
  delete(name: SecretName): Promise<Result<boolean>>;
  /** Accounts of a service, sorted. */
  list(service: string): Promise<Result<readonly string[]>>;
  /** As of the last call; `unknown` before the first. */
  status(): KeychainStatus;
  /** Called whenever `status` has changed. */
  onStatus(listener: () => void): void;
}

/** Longest secret taken, in bytes of UTF-8. */
export const maxSecretBytes = 256 * 1024;

/**
 * Service name of an environment: `sluice/<environment>/`, with `.<installation>` after the
 * environment for a data folder that is not the default one, so that a demo never finds the
 * credentials of the real thing. The closing slash and the missing dot in names keep any
 * service from being the prefix of another, which Windows' credential search would match.
 */
export function serviceOf(environment: string, installation = ''): string {
  return installation === '' ? `sluice/${environment}/` : `sluice/${environment}.${installation}/`;
}

/** Account of one version of a destination's credential. */
export function credentialAccount(destination: string, version: number): string {
  return `${destination}/${version}`;
}

/** Destination and version of an account; null for accounts of another kind. */
export function parseCredentialAccount(account: string): { readonly destination: string; readonly version: number } | null {
  const match = /^([a-z0-9][a-z0-9-]{0,62})\/([1-9][0-9]{0,9})$/.exec(account);
  return match?.[1] && match[2] ? { destination: match[1], version: Number(match[2]) } : null;
}

/** Account that holds the control token of a remote environment. Has no slash, so it is never a credential. */
export const tokenAccount = 'control-token';
