import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secret } from '#contract/secret.ts';
import { maxSecretBytes, type SecretStore, serviceOf } from '#main/keychain/secret-store.ts';

const service = serviceOf('staging');

async function read(store: SecretStore, account: string, from = service): Promise<string | null> {
  const found = await store.get({ service: from, account });
  if (!found.ok) throw new Error(found.error.message);
  return found.value?.reveal() ?? null;
}

/** What every driver of the port must do. @param create a store over an empty keychain, or one that other tests of this suite have used. */
export function describeSecretStore(driver: string, create: () => SecretStore): void {
  describe(`a secret store (${driver})`, () => {
    it('gives back what was put in, and nothing for what was not', async () => {
      const store = create();
      expect(await store.set({ service, account: 'hubspot/1' }, secret('pat-na1-ü-🔑'))).toEqual({ ok: true, value: undefined });
      expect(await read(store, 'hubspot/1')).toBe('pat-na1-ü-🔑');
      expect(await read(store, 'hubspot/2')).toBeNull();
      expect(await read(store, 'hubspot/1', serviceOf('stag'))).toBeNull();
    });

    it('replaces a value, long by short and short by long', async () => {
      const store = create();
      for (const text of ['short', 'l'.repeat(10_000), 'm'.repeat(5_000), 'short again', '+a.3', '=']) {
        await store.set({ service, account: 'ga4/1' }, secret(text));
        expect(await read(store, 'ga4/1')).toBe(text);
      }
    });

    it('holds an RSA-4096 private key, which is longer than one entry of Windows', async () => {
      const store = create();
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 4096 });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      await store.set({ service, account: 'salesforce/1' }, secret(pem));
      expect(await read(store, 'salesforce/1')).toBe(pem);
    });

    it('lists the accounts of one service only', async () => {
      const store = create();
      const mine = serviceOf('prod');
      const near = serviceOf('prod-eu');
      for (const [where, account] of [
        [mine, 'b/1'],
        [mine, 'a/2'],
        [near, 'c/1'],
      ] as const) {
        await store.set({ service: where, account }, secret('x'.repeat(3_000)));
      }
      expect(await store.list(mine)).toEqual({ ok: true, value: ['a/2', 'b/1'] });
      await store.delete({ service: mine, account: 'a/2' });
      expect(await store.list(mine)).toEqual({ ok: true, value: ['b/1'] });
      expect(await store.list(near)).toEqual({ ok: true, value: ['c/1'] });
    });

    it('deletes, and says whether there was anything to delete', async () => {
      const store = create();
      await store.set({ service, account: 'meta/1' }, secret('y'.repeat(7_000)));
      expect(await store.delete({ service, account: 'meta/1' })).toEqual({ ok: true, value: true });
      expect(await read(store, 'meta/1')).toBeNull();
      expect(await store.delete({ service, account: 'meta/1' })).toEqual({ ok: true, value: false });
    });

    it('refuses an empty secret and one that is too long', async () => {
      const store = create();
      const name = { service, account: 'mixpanel/1' };
      expect(await store.set(name, secret(''))).toMatchObject({ ok: false, error: { code: 'SECRET_EMPTY' } });
      expect(await store.set(name, secret('z'.repeat(maxSecretBytes + 1)))).toMatchObject({
        ok: false,
        error: { code: 'SECRET_TOO_LONG' },
      });
      expect(await read(store, 'mixpanel/1')).toBeNull();
    });

    it('keeps any text unchanged', async () => {
      const store = create();
      await fc.assert(
        fc.asyncProperty(fc.string({ minLength: 1, maxLength: 6_000, unit: 'grapheme', size: 'max' }), async (text) => {
          const whole = text.replaceAll('\0', '0');
          await store.set({ service, account: 'any/1' }, secret(whole));
          expect(await read(store, 'any/1')).toBe(whole);
        }),
        { numRuns: 15 },
      );
    });

    it('answers calls made at once in the order they were made', async () => {
      const store = create();
      const name = { service, account: 'order/1' };
      await Promise.all(['first', 'second', 'last'].map((text) => store.set(name, secret(text))));
      expect(await read(store, 'order/1')).toBe('last');
    });
  });
}
