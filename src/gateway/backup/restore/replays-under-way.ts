/** Replays that a backup caught at work: they go on where they were then, so what they gave since is given again. */
import type { DatabaseSync } from 'node:sqlite';
import type { DocumentStore } from '#gateway/control/document-store.ts';

export interface ReplayUnderWay {
  readonly id: string;
  readonly destination: string;
  /** Events that it was started with. */
  readonly selected: number;
}

export interface ReplayedAgain {
  /** Events that they still give. */
  readonly left: number;
  /** Of those, how many were given since the backup; where nobody knows, all. */
  readonly repeated: number;
}

/** The replays of a store that are not over. */
export function replaysUnderWay(store: Pick<DocumentStore, 'list'>): readonly ReplayUnderWay[] {
  return store.list('replay').flatMap(({ id, value }) => {
    const isOn = value?.state === 'running' || value?.state === 'paused';
    return isOn ? [{ id, destination: value.destination, selected: value.selected }] : [];
  });
}

/** What they give again. @param old lanes as the old disk has them; null where it is not known */
export function replayedAgain(
  lanes: DatabaseSync,
  old: DatabaseSync | null,
  ordinal: number,
  replays: readonly ReplayUnderWay[],
): ReplayedAgain {
  const sum = { left: 0, repeated: 0 };
  for (const { id, selected } of replays) {
    const before = standing(lanes, ordinal, id);
    const left = Math.max(0, selected - before.given - before.skipped);
    sum.left += left;
    sum.repeated += old === null ? left : Math.min(left, Math.max(0, standing(old, ordinal, id).given - before.given));
  }
  return sum;
}

function standing(lanes: DatabaseSync, ordinal: number, id: string): { readonly given: number; readonly skipped: number } {
  const row = lanes.prepare('SELECT given, skipped FROM replay WHERE ordinal = ? AND id = ?').get(ordinal, id);
  return { given: Number(row?.given ?? 0), skipped: Number(row?.skipped ?? 0) };
}
