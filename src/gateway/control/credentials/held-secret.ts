import { type Secret, secret } from '#contract/secret.ts';
import { canonicalJson, sha256 } from '../store/canonical.ts';

/** A secret that the gateway holds in memory, field by field. */
export interface HeldSecret {
  readonly version: number;
  readonly fingerprint: string;
  readonly fields: ReadonlyMap<string, Secret>;
}

/** Longest secret, all fields together, characters. */
export const maxSecretChars = 32_768;

export function holdSecret(version: number, values: Readonly<Record<string, string>>): HeldSecret {
  return {
    version,
    fingerprint: secretFingerprint(values),
    fields: new Map(Object.entries(values).map(([name, text]) => [name, secret(text)])),
  };
}

/** Last four hex digits of SHA-256 over the fields' canonical JSON: enough for two people to compare, too little to guess from. */
function secretFingerprint(values: Readonly<Record<string, string>>): string {
  return sha256(canonicalJson(values)).slice(-4);
}

/** Opens every field, to be put into a request at once and kept nowhere. */
export function revealFields(held: HeldSecret): Readonly<Record<string, string>> {
  return Object.fromEntries([...held.fields].map(([name, field]) => [name, field.reveal()]));
}

/** A text from outside, with any value of the secret that it quotes taken out. */
export function maskFields(text: string, values: Readonly<Record<string, string>>): string {
  // Shorter ones would tear words apart and are no secrets.
  return Object.values(values).reduce((masked, value) => (value.length < 4 ? masked : masked.replaceAll(value, '[secret]')), text);
}
