import sodium from 'libsodium-wrappers';
import { describe, expect, it } from 'vitest';
import { secret } from '#contract/secret.ts';
import { keyFingerprint, sealCredential } from './seal.ts';

describe('sealing a credential', () => {
  it('can be opened by the gateway’s key only, and is bound to destination, version and origin', async () => {
    await sodium.ready;
    const [keys, others] = [sodium.crypto_box_keypair(), sodium.crypto_box_keypair()];
    const publicKey = Buffer.from(keys.publicKey).toString('base64');
    const sealed = await sealCredential(
      {
        environment: 'staging',
        destination: 'hubspot',
        version: 3,
        origin: 'https://api.hubapi.com',
        fields: { token: secret('pat-na1') },
      },
      publicKey,
      1_000,
    );
    const bytes = sodium.from_base64(sealed, sodium.base64_variants.ORIGINAL);
    const opened: unknown = JSON.parse(Buffer.from(sodium.crypto_box_seal_open(bytes, keys.publicKey, keys.privateKey)).toString());
    expect(opened).toEqual({
      environment: 'staging',
      destination: 'hubspot',
      version: 3,
      origin: 'https://api.hubapi.com',
      nonce: expect.stringMatching(/^[\w-]{32}$/),
      expiresAt: 301_000,
      secret: { token: 'pat-na1' },
    });
    expect(() => sodium.crypto_box_seal_open(bytes, others.publicKey, others.privateKey)).toThrow();
    expect(sealed).not.toContain('pat-na1');
  });

  it('prints a key’s fingerprint as ssh does', () => {
    expect(keyFingerprint(Buffer.alloc(32).toString('base64'))).toBe('SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU');
  });
});
