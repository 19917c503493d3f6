import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { CredentialField } from '#gateway/connectors/connector.ts';
import type { GatewayKey } from './gateway-key.ts';
import { maxSecretChars } from './held-secret.ts';

/** What the desk seals, as JSON, with libsodium's `crypto_box_seal`, base64. */
const sealedTextSchema = z.strictObject({
  environment: z.string().max(100),
  destination: z.string().max(100),
  version: z.number().int().positive(),
  /** All that it is bound to, as `credential.list` names it. */
  origin: z.string().max(4000),
  nonce: z.string().min(16).max(128),
  /** Epoch ms. */
  expiresAt: z.number().int(),
  secret: z.record(z.string().max(100), z.string()),
});
export type SealedText = z.output<typeof sealedTextSchema>;

/** Opens and parses. CREDENTIAL_SEAL_INVALID; no error carries anything of what was inside. */
export function openSealedText(key: GatewayKey, sealed: string): Result<SealedText> {
  const text = key.open(sealed);
  if (text === null) return err(appError('CREDENTIAL_SEAL_INVALID', { why: 'it was not sealed to the key of this gateway' }));
  try {
    const parsed = sealedTextSchema.safeParse(JSON.parse(text));
    if (parsed.success) return ok(parsed.data);
  } catch {
    // The parser's message may quote the text, which holds the secret.
  }
  return err(appError('CREDENTIAL_SEAL_INVALID', { why: 'what is inside is not what this gateway expects' }));
}

/** Exactly the fields of the credential (an optional one may be missing), none empty, not too long. SECRET_EMPTY, SECRET_TOO_LONG, INPUT_INVALID with `issues`. */
export function checkSecretFields(values: Readonly<Record<string, string>>, wanted: readonly CredentialField[]): Result<void> {
  const known = new Set(wanted.map((field) => field.name));
  const missing = wanted
    .filter((field) => !field.optional && !Object.hasOwn(values, field.name))
    .map((field) => ({ path: `secret.${field.name}`, message: 'is missing' }));
  // A field we do not know is named by position only: its name may be a mistyped secret.
  const unknown = Object.keys(values).filter((name) => !known.has(name)).length;
  const issues = unknown > 0 ? [...missing, { path: 'secret', message: `${unknown} field(s) that this connector does not have` }] : missing;
  if (issues.length > 0) return err(appError('INPUT_INVALID', { issues }));
  const empty = wanted.filter((field) => values[field.name]?.trim() === '').map((field) => field.name);
  if (empty.length > 0) return err(appError('SECRET_EMPTY', { fields: empty }));
  const chars = Object.values(values).reduce((sum, text) => sum + text.length, 0);
  return chars > maxSecretChars ? err(appError('SECRET_TOO_LONG', { chars, maxChars: maxSecretChars })) : ok(undefined);
}
