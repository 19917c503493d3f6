/** Flags that ask to be taken out: each is a branch in somebody's code. */
import type { Flag } from './flag.ts';
import { onlyVariant } from './flag-share.ts';

/** How long nothing happens until a flag is pointed out, ms. */
export const staleAfterMs = 30 * 86_400_000;

/** date: its `staleAt` has passed. decided: everybody gets the same for 30 days. unused: nobody asked for it for 30 days. */
export const staleReasons = ['date', 'decided', 'unused'] as const;
export type StaleReason = (typeof staleReasons)[number];

export interface FlagUse {
  /** When the flag was last changed in any way, epoch ms. */
  readonly changedAt: number;
  /** When somebody last asked for it; null where nobody has since `watchedSince`. */
  readonly evaluatedAt: number | null;
  readonly watchedSince: number;
}

/** Why a flag is stale; empty where it is not. Only a release flag is meant to be decided: the others rest on one variant. */
export function staleness(flag: Flag, { changedAt, evaluatedAt, watchedSince }: FlagUse, now: number): readonly StaleReason[] {
  const isOld = (at: number) => now - at >= staleAfterMs;
  const isDecided = flag.type === 'release' && (flag.state === 'DISABLED' || onlyVariant(flag) !== null) && isOld(changedAt);
  const isUnused = isOld(changedAt) && isOld(evaluatedAt ?? watchedSince);
  return staleReasons.filter((reason) =>
    reason === 'date' ? flag.staleAt !== null && flag.staleAt <= now : reason === 'decided' ? isDecided : isUnused,
  );
}
