/** Longest time between sealing and binding, ms: bounds how many nonces must be remembered. */
export const maxSealLifeMs = 3_600_000;
const maxNonces = 10_000;

/** Nonces of sealed texts that were bound and have not expired: none is accepted twice. */
export interface Nonces {
  has(nonce: string): boolean;
  add(nonce: string, expiresAt: number): void;
  forget(nonce: string): void;
  /** True when no more can be remembered until some expire. */
  isFull(): boolean;
}

export function createNonces(now: () => number): Nonces {
  const seen = new Map<string, number>();
  const prune = () => {
    for (const [nonce, expiresAt] of seen) if (expiresAt <= now()) seen.delete(nonce);
  };
  return {
    has: (nonce) => seen.has(nonce),
    add: (nonce, expiresAt) => {
      prune();
      seen.set(nonce, expiresAt);
    },
    forget: (nonce) => {
      seen.delete(nonce);
    },
    isFull: () => {
      prune();
      return seen.size >= maxNonces;
    },
  };
}
