/**
 * What a share may be, by what was counted second by second. Failures come in bursts (one request carries many events, one hiccup
 * hits all that is in flight), so a count is worth less than as many that fell one by one. How much less is seen in how the seconds
 * differ: their variance over that of independent ones is the design effect, by which counts are divided before an exact limit is
 * drawn (Korn and Graubard, Survey Methodology 24, 1998). A burst within one second then counts as about one.
 */
import { atLeast, atMost, chanceOfAsMany } from './binomial.ts';

/** Sums over the seconds of a window: all that a share is judged by. */
export class ShareSums {
  seconds = 0;
  bad = 0;
  n = 0;
  #badBad = 0;
  #badN = 0;
  #nn = 0;

  /** @param sign -1 takes out again what was added */
  add(bad: number, n: number, sign: 1 | -1 = 1): void {
    if (n === 0) return;
    this.seconds += sign;
    this.bad += sign * bad;
    this.n += sign * n;
    this.#badBad += sign * bad * bad;
    this.#badN += sign * bad * n;
    this.#nn += sign * n * n;
  }

  /** As measured; null without a sample. */
  get value(): number | null {
    return this.n === 0 ? null : this.bad / this.n;
  }

  /** What the counts are worth. */
  #effective(): { readonly bad: number; readonly n: number } {
    const { bad, n, seconds } = this;
    const share = bad / n;
    if (share === 0 || share === 1 || seconds < 2) return { bad, n };
    const squares = this.#badBad - 2 * share * this.#badN + share * share * this.#nn;
    const ofSeconds = (squares * seconds) / (seconds - 1);
    const worth = Math.min(1, (n * share * (1 - share)) / Math.max(ofSeconds, 1e-12));
    return { bad: bad * worth, n: n * worth };
  }

  /** Whether the share is above the bound, but for a chance of `alpha`. */
  isAbove(bound: number, alpha: number): boolean {
    if (this.n === 0 || this.bad / this.n <= bound) return false;
    const { bad, n } = this.#effective();
    return chanceOfAsMany(bad, n, bound) <= alpha;
  }

  /** Whether the share is below the bound, but for a chance of `alpha`. */
  isBelow(bound: number, alpha: number): boolean {
    if (this.n === 0 || this.bad / this.n >= bound) return false;
    const { bad, n } = this.#effective();
    return chanceOfAsMany(n - bad, n, 1 - bound) <= alpha;
  }

  atLeast(alpha: number): number {
    const { bad, n } = this.#effective();
    return atLeast(bad, n, alpha);
  }

  atMost(alpha: number): number {
    const { bad, n } = this.#effective();
    return atMost(bad, n, alpha);
  }
}

/** Looks by which half of the chance of a false alarm is spent. */
const halfSpentAfter = 1000;

/**
 * What the look of number `look` (from 0) may spend of the chance of a false alarm. Whoever looks every second for hours will see
 * chance do something rare; so each look gets a share, and all looks for ever together get 1 (the sum telescopes). No plan of how
 * long it lasts is needed, and early looks, which find what is grossly wrong, get most.
 */
export function shareOfLook(look: number): number {
  const k = Math.max(0, look) + halfSpentAfter;
  return halfSpentAfter / (k * (k + 1));
}
