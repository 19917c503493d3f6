/**
 * The gateway's own key pair (X25519), to which the desk seals secrets. Sealing at rest
 * protects backups and copies of the data folder that lack the key; it does not protect
 * against somebody who has become this host.
 */
import { createHash } from 'node:crypto';
import sodium from 'libsodium-wrappers';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { type KeyText, type KeyTextOptions, readKeyText } from './key-text.ts';

export interface GatewayKey {
  /** Base64 (original variant) of 32 bytes. */
  readonly publicKey: string;
  /** `SHA256:` and base64 without padding, as ssh prints fingerprints. */
  readonly fingerprint: string;
  readonly from: 'memory' | KeyText['from'];
  /** Text that was sealed to this key; null where it was not, or is damaged. */
  open(sealed: string): string | null;
}

/** A key that lives and dies with this process: the embedded gateway's. */
export async function createMemoryKey(): Promise<GatewayKey> {
  await sodium.ready;
  return keyFrom(sodium.crypto_box_keypair().privateKey, 'memory');
}

/**
 * The lasting key of a gateway of its own: from the environment variable SLUICE_KEY, a systemd
 * credential `sluice-key`, or a 0600 file in the data folder, which is made if absent.
 * GATEWAY_KEY_UNUSABLE where it is not 32 bytes of base64 or others can read it; DATA_READONLY.
 */
export async function openGatewayKey(options: KeyTextOptions): Promise<Result<GatewayKey>> {
  await sodium.ready;
  const found = readKeyText(options, () => sodium.to_base64(sodium.crypto_box_keypair().privateKey, sodium.base64_variants.ORIGINAL));
  if (!found.ok) return found;
  const bytes = fromBase64(found.value.text);
  if (bytes?.length !== sodium.crypto_box_SECRETKEYBYTES)
    return err(appError('GATEWAY_KEY_UNUSABLE', { from: found.value.from, why: 'it is not 32 bytes in base64' }));
  return ok(keyFrom(bytes, found.value.from));
}

function keyFrom(privateKey: Uint8Array, from: GatewayKey['from']): GatewayKey {
  const publicKey = sodium.crypto_scalarmult_base(privateKey);
  return {
    publicKey: sodium.to_base64(publicKey, sodium.base64_variants.ORIGINAL),
    fingerprint: `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`,
    from,
    open(sealed) {
      const box = fromBase64(sealed);
      if (box === null || box.length < sodium.crypto_box_SEALBYTES) return null;
      const plain = unseal(box, publicKey, privateKey);
      if (plain === null) return null;
      const text = Buffer.from(plain).toString('utf8');
      sodium.memzero(plain);
      return text;
    },
  };
}

/** libsodium throws where the box was not made for this key. */
function unseal(box: Uint8Array, publicKey: Uint8Array, privateKey: Uint8Array): Uint8Array | null {
  try {
    return sodium.crypto_box_seal_open(box, publicKey, privateKey);
  } catch {
    return null;
  }
}

function fromBase64(text: string): Uint8Array | null {
  try {
    return sodium.from_base64(text.trim(), sodium.base64_variants.ORIGINAL);
  } catch {
    return null;
  }
}
