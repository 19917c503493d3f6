/**
 * Digests of sets of obligations: Σ mix64(seq, gen) mod 2^64. Equal sums mean equal sets (up to
 * a chance of 2^-64), whatever the order in which members came and went. Kept as two unsigned
 * 32-bit halves, because BigInt is two orders of magnitude slower.
 * The mixer is murmur3's 64-bit finaliser split over two 32-bit lanes.
 */
export interface Digest {
  readonly hi: number;
  readonly lo: number;
}

export const emptyDigest: Digest = { hi: 0, lo: 0 };

function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A digest in the making: adds members in place, because an object per event is too dear where there are 200,000 a second. */
export interface DigestSum {
  hi: number;
  lo: number;
}

/** Adds the member (seq, gen) to a sum, in place. */
export function addMember(sum: DigestSum, seq: number, gen = 0): void {
  const low = seq >>> 0;
  const high = (seq / 4_294_967_296) >>> 0;
  const a = mix32(low ^ Math.imul(high + 1, 0x9e3779b1) ^ Math.imul(gen, 0x7feb352d));
  const b = mix32(a + Math.imul(low, 0x846ca68b) + Math.imul(high ^ gen, 0xc2b2ae3d));
  const lo = sum.lo + a;
  sum.hi = (sum.hi + b + (lo > 0xffffffff ? 1 : 0)) >>> 0;
  sum.lo = lo >>> 0;
}

/** Digest of the one-member set {(seq, gen)}. */
export function mix64(seq: number, gen = 0): Digest {
  const sum = { hi: 0, lo: 0 };
  addMember(sum, seq, gen);
  return sum;
}

export function addDigest(a: Digest, b: Digest): Digest {
  const lo = a.lo + b.lo;
  return { hi: (a.hi + b.hi + (lo > 0xffffffff ? 1 : 0)) >>> 0, lo: lo >>> 0 };
}

export function subtractDigest(a: Digest, b: Digest): Digest {
  const lo = a.lo - b.lo;
  return { hi: (a.hi - b.hi - (lo < 0 ? 1 : 0)) >>> 0, lo: lo >>> 0 };
}

export function sameDigest(a: Digest, b: Digest): boolean {
  return a.hi === b.hi && a.lo === b.lo;
}
