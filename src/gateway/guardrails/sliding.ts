import type { Sample } from './measure.ts';
import { ShareSums } from './share.ts';

/** The last seconds of one subject. Memory is bounded by the window: at most an hour of seconds, two numbers each. */
export class Sliding {
  readonly sums = new ShareSums();
  readonly #windowMs: number;
  #seconds: { readonly at: number; readonly sample: Sample }[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(at: number, sample: Sample): void {
    this.#seconds.push({ at, sample });
    if ('n' in sample) this.sums.add(sample.bad, sample.n);
    while ((this.#seconds[0]?.at ?? at) <= at - this.#windowMs) {
      const gone = this.#seconds.shift()?.sample;
      if (gone !== undefined && 'n' in gone) this.sums.add(gone.bad, gone.n, -1);
    }
  }

  /** Least and largest reading, and how many there are; null without any. */
  levels(): { readonly least: number; readonly largest: number; readonly last: number; readonly n: number } | null {
    let least = Number.POSITIVE_INFINITY;
    let largest = Number.NEGATIVE_INFINITY;
    let last = 0;
    for (const { sample } of this.#seconds) {
      if (!('level' in sample)) continue;
      last = sample.level;
      least = Math.min(least, last);
      largest = Math.max(largest, last);
    }
    return this.#seconds.length === 0 ? null : { least, largest, last, n: this.#seconds.length };
  }
}
