import { addDigest, addMember, emptyDigest, sameDigest, subtractDigest } from './digest.ts';
import type { Tally } from './event-log.ts';

export const emptyTally: Tally = { count: 0, digest: emptyDigest };

export function addTally(a: Tally, b: Tally): Tally {
  return { count: a.count + b.count, digest: addDigest(a.digest, b.digest) };
}

export function subtractTally(a: Tally, b: Tally): Tally {
  return { count: a.count - b.count, digest: subtractDigest(a.digest, b.digest) };
}

export function sameTally(a: Tally, b: Tally): boolean {
  return a.count === b.count && sameDigest(a.digest, b.digest);
}

/** The tally of a set of obligations. */
export function tallyOf(members: Iterable<{ readonly seq: number; readonly gen: number }>): Tally {
  let count = 0;
  const digest = { hi: 0, lo: 0 };
  for (const { seq, gen } of members) {
    count++;
    addMember(digest, seq, gen);
  }
  return { count, digest };
}

/** The tally of gen-0 obligations. */
export function tallyOfSeqs(seqs: Iterable<number>): Tally {
  let count = 0;
  const digest = { hi: 0, lo: 0 };
  for (const seq of seqs) {
    count++;
    addMember(digest, seq);
  }
  return { count, digest };
}
