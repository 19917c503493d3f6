/**
 * What keeps a verdict from flapping. A new finding becomes the verdict once it has been made at every look for a while:
 * soon where trouble begins, later where it ends or changes its kind.
 *
 *   fine ──5 s──▶ trouble of any kind      unclear ──5 s──▶ clear trouble
 *   trouble ──30 s──▶ fine                 one clear trouble ──15 s──▶ another
 *
 * `since` is when the finding was first made, not when it was believed; where trouble merely becomes clear, it is when the
 * trouble began.
 */
import type { Verdict } from '#contract/operations/verdict.ts';

export interface Steady {
  readonly verdict: Verdict;
  /** Epoch ms. */
  readonly since: number;
  /** Another finding that has not lasted yet. */
  readonly rival: { readonly verdict: Verdict; readonly since: number } | null;
}

export const troubleAfterMs = 5_000;
export const otherTroubleAfterMs = 15_000;
export const fineAfterMs = 30_000;

/** How long a finding must last before it takes the place of a verdict, ms. */
export function lastsMs(verdict: Verdict, rival: Verdict): number {
  if (rival === 'fine') return fineAfterMs;
  return verdict === 'fine' || verdict === 'unclear' ? troubleAfterMs : otherTroubleAfterMs;
}

export function firstVerdict(found: Verdict, at: number): Steady {
  return { verdict: found, since: at, rival: null };
}

/** One more look. `at` never falls. */
export function steady(before: Steady, found: Verdict, at: number): Steady {
  if (found === before.verdict) return before.rival === null ? before : { ...before, rival: null };
  // While all was well, trouble counts from its beginning, whatever kind it first looked like.
  const isSame = before.rival !== null && (before.verdict === 'fine' || before.rival.verdict === found);
  const rival = { verdict: found, since: isSame && before.rival !== null ? before.rival.since : at };
  if (at - rival.since < lastsMs(before.verdict, found)) return { ...before, rival };
  const hasCleared = before.verdict === 'unclear' && found !== 'fine';
  return { verdict: found, since: hasCleared ? before.since : rival.since, rival: null };
}
