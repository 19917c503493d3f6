import { createHash, randomBytes } from 'node:crypto';
import sodium from 'libsodium-wrappers';
import type { Secret } from '#contract/secret.ts';

/** The gateway takes a sealed credential for at most an hour; ours is meant for now. */
const validMs = 5 * 60_000;

export interface CredentialToSeal {
  /** As `gateway.key` names it. */
  readonly environment: string;
  readonly destination: string;
  readonly version: number;
  /** Scheme, host and port that the secret may be sent to. */
  readonly origin: string;
  readonly fields: Readonly<Record<string, Secret>>;
}

/**
 * Seals a credential to a gateway's public key (libsodium sealed box). Sealing hides the secret;
 * the desk's own link is what authorises it.
 * @param publicKey 32 bytes, base64. @returns base64.
 */
export async function sealCredential(credential: CredentialToSeal, publicKey: string, nowMs: number): Promise<string> {
  await sodium.ready;
  const { fields, ...bound } = credential;
  const revealed = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value.reveal()]));
  const text = JSON.stringify({ ...bound, nonce: randomBytes(24).toString('base64url'), expiresAt: nowMs + validMs, secret: revealed });
  return sodium.to_base64(sodium.crypto_box_seal(text, Buffer.from(publicKey, 'base64')), sodium.base64_variants.ORIGINAL);
}

/** Fingerprint of a gateway's key as ssh prints one: `SHA256:` and base64 without padding. */
export function keyFingerprint(publicKey: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64').replaceAll('=', '')}`;
}
