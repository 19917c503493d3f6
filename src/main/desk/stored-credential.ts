/**
 * What the keychain holds for one version of a credential: its fields and the origin they were
 * given for, so that a credential is never bound by itself to an address nobody chose for it.
 */
import { type Secret, secret } from '#contract/secret.ts';
import { z } from '#contract/zod.ts';

const storedSchema = z.strictObject({ origin: z.string(), fields: z.record(z.string(), z.string()) });

export interface StoredCredential {
  readonly origin: string;
  readonly fields: Readonly<Record<string, Secret>>;
}

export function packCredential({ origin, fields }: StoredCredential): Secret {
  const revealed = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value.reveal()]));
  return secret(JSON.stringify({ origin, fields: revealed }));
}

/** Null when the entry is not one of ours. */
export function unpackCredential(packed: Secret): StoredCredential | null {
  try {
    const { origin, fields } = storedSchema.parse(JSON.parse(packed.reveal()));
    return { origin, fields: secretFields(fields) };
  } catch {
    return null;
  }
}

/** Closes what an operator typed into opaque secrets. */
export function secretFields(fields: Readonly<Record<string, string>>): Readonly<Record<string, Secret>> {
  return Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, secret(text)]));
}
