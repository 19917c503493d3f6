/**
 * The breaker of a lane with several endpoints. Each endpoint measures by a breaker of its own; the lane's shows what they
 * come to: that of the active one, or, where load is spread, of the best. What a person forces is forced on all.
 */
import type { Breaker, Force } from '../breaker.ts';

const rank = { closed: 0, 'half-open': 1, open: 2 } as const;

/** The one in the best state; the first of equals. */
function best(breakers: readonly Breaker[]): Breaker {
  return breakers.reduce((found, breaker) => (rank[breaker.state] < rank[found.state] ? breaker : found));
}

/**
 * @param all at least one
 * @param active the one that all is sent by at the moment; null where load is spread
 * @param exhausted called where the active one takes no more calls: another may take over
 */
export function createAggregateBreaker(all: readonly Breaker[], active: () => Breaker | null, exhausted: () => void): Breaker {
  const shown = () => active() ?? best(all);
  return {
    get state() {
      return shown().state;
    },
    get measured() {
      return shown().measured;
    },
    get forced() {
      return shown().forced;
    },
    get why() {
      return shown().why;
    },
    get troubledSince() {
      return shown().troubledSince;
    },
    get opensAt() {
      return active()?.opensAt ?? Math.min(...all.map((breaker) => breaker.opensAt));
    },
    allowance() {
      const only = active();
      if (only === null) return all.reduce((sum, breaker) => sum + breaker.allowance(), 0);
      const left = only.allowance();
      if (left > 0) return left;
      exhausted();
      return active()?.allowance() ?? 0;
    },
    window: () => shown().window(),
    // Calls are counted where they go.
    started() {},
    finished() {},
    withdrawn() {},
    probe() {
      for (const breaker of all) breaker.probe();
    },
    force(force: Force | null) {
      for (const breaker of all) breaker.force(force);
    },
  };
}
