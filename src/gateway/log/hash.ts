/**
 * A fast 64-bit hash of (source, messageId) for the dedupe table: two multiplicative lanes over the UTF-16
 * units, after cyrb53 (bryc, public domain). Not keyed: a sender that makes its own ids collide
 * costs itself one more comparison, since a hit is always confirmed by the record.
 */
export interface Hash {
  low: number;
  high: number;
}

const primeA = 0x9e3779b1;
const primeB = 0x5f356495;

function feed(hash: Hash, text: string): void {
  let a = hash.low | 0;
  let b = hash.high | 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, primeA);
    b = Math.imul(b ^ unit, primeB);
  }
  hash.low = a;
  hash.high = b;
}

/** State after a source's name and its separator; kept per source, so that only the id is hashed per event. */
export function sourceSeed(source: string): Hash {
  const seed = { low: 0x2545f491, high: 0x41c6ce57 };
  feed(seed, source);
  feed(seed, '\0');
  return seed;
}

/** Hashes a message id after a seed, into `out`. */
export function hashMessage(seed: Hash, messageId: string, out: Hash): void {
  out.low = seed.low;
  out.high = seed.high;
  feed(out, messageId);
  let a = out.low;
  let b = out.high;
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  out.low = a >>> 0;
  out.high = b >>> 0;
}
