/**
 * By what people are known here: a keyed hash of an id (userId, anonymousId). Whoever has no key cannot try ids out.
 */
import { createHmac } from 'node:crypto';

const hashPrefix = 'h_';
const hashLength = 24;
/** Ids whose hash is remembered. */
const maxRemembered = 50_000;

export interface PersonKeys {
  /** The keyed hash of any text, the same wherever it is asked for: `h_` and 22 characters. */
  hash(text: string): string;
  /** The key of the person behind an id. What redaction made of an id stands for the same person as the id. */
  keyOf(id: string): string;
}

/** @param key the secret of this gateway's hashes */
export function createPersonKeys(key: Uint8Array): PersonKeys {
  const known = new Map<string, string>();
  function hash(text: string): string {
    // Base64url holds no digits in rows that could be taken for a card number.
    const digest = createHmac('sha256', key).update(text).digest('base64url');
    return `${hashPrefix}${digest.slice(0, hashLength - hashPrefix.length)}`;
  }
  return {
    hash,
    keyOf(id) {
      if (id.startsWith(hashPrefix) && id.length === hashLength) return id;
      const hashed = known.get(id);
      if (hashed !== undefined) return hashed;
      const made = hash(id);
      if (known.size >= maxRemembered) forgetFirst();
      known.set(id, made);
      return made;
    },
  };

  function forgetFirst(): void {
    for (const first of known.keys()) return void known.delete(first);
  }
}
