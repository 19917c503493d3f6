/** Load spread over endpoints by weight and health. Pure but for what it remembers of its own turns. */
import type { BreakerState } from '#contract/telemetry/breaker.ts';

export interface SpreadView {
  readonly id: string;
  readonly weight: number;
  readonly breaker: BreakerState;
  /** Share of its lately answered calls that were good, 0..1. */
  readonly success: number;
}

/** One that is half-open gets its probes and little more. */
const halfOpenHealth = 0.1;
/** Below this nobody falls while its breaker is closed: without calls it could not recover. */
const leastHealth = 0.05;

/** The share that each endpoint gets, 0..1, in the same order; all 0 where every breaker is open. */
export function sharesOf(views: readonly SpreadView[]): readonly number[] {
  const parts = views.map(({ weight, breaker, success }) => {
    if (breaker === 'open') return 0;
    const health = Math.max(leastHealth, success);
    return weight * (breaker === 'half-open' ? Math.min(halfOpenHealth, health) : health);
  });
  const sum = parts.reduce((total, part) => total + part, 0);
  return sum === 0 ? parts : parts.map((part) => part / sum);
}

export interface Turns {
  /** Id of whose turn it is; null where every share is 0. */
  next(ids: readonly string[], shares: readonly number[]): string | null;
}

/** Smooth weighted round robin (as in nginx): no endpoint gets its share in one go. */
export function createTurns(): Turns {
  const credit = new Map<string, number>();
  return {
    next(ids, shares) {
      let best: string | null = null;
      for (const [index, id] of ids.entries()) {
        const share = shares[index] ?? 0;
        if (share === 0) {
          credit.delete(id);
          continue;
        }
        credit.set(id, (credit.get(id) ?? 0) + share);
        if (best === null || (credit.get(id) ?? 0) > (credit.get(best) ?? 0)) best = id;
      }
      if (best !== null) credit.set(best, (credit.get(best) ?? 0) - 1);
      return best;
    },
  };
}

/** Success rate that follows the last thirty calls or so. */
export function createSuccess(): { readonly rate: number; add(isGood: boolean): void } {
  let rate = 1;
  return {
    get rate() {
      return rate;
    },
    add(isGood) {
      rate += ((isGood ? 1 : 0) - rate) / 16;
    },
  };
}
