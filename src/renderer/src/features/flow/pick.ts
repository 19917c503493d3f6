/** Pure: which destinations the picture shows when there are too many, and the sum of the rest. */
import type { MarkState } from '#renderer/ui/state.ts';
import { stateLooks } from '#renderer/ui/state.ts';

export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly state: MarkState;
  readonly ratePerSecond: number;
}

/** What is stopped or failing stands above what is well; within that the busiest first. */
export function pickShown(all: readonly Shown[], most: number): { readonly shown: readonly Shown[]; readonly rest: readonly Shown[] } {
  const isCalm = (each: Shown) => each.state === 'healthy' || each.state === 'none' || each.state === 'off';
  const ranked = [...all].sort(
    (a, b) => Number(isCalm(a)) - Number(isCalm(b)) || b.ratePerSecond - a.ratePerSecond || a.name.localeCompare(b.name),
  );
  if (ranked.length <= most) return { shown: inOrder(ranked), rest: [] };
  return { shown: inOrder(ranked.slice(0, most - 1)), rest: ranked.slice(most - 1) };
}

/** By name, so that the picture does not jump when rates change or something stops. */
function inOrder(shown: readonly Shown[]): readonly Shown[] {
  return [...shown].sort((a, b) => a.name.localeCompare(b.name));
}

/** What leaves the picture's band for a state: flowing bands are neutral, stopped and failing ones carry their state. */
export function bandLook(state: MarkState): 'flow' | 'held' | 'bad' | 'warn' {
  const { hue } = stateLooks[state];
  if (hue === 'hold') return 'held';
  if (hue === 'bad') return 'bad';
  return hue === 'warn' ? 'warn' : 'flow';
}
