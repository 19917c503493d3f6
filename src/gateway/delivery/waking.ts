/**
 * Wakes lanes: after a commit those that it brought something, and all of them on a heartbeat. A round over hundreds of
 * lanes takes longer than an operator's command may wait, so it is cut into slices, and whatever came meanwhile has its
 * turn between two of them.
 */
import { isCrowd } from '#gateway/log/crowd.ts';
import type { Lane } from './lane.ts';

const heartbeatMs = 25;
/** Of a crowd, every so many beats. */
const crowdBeats = 2;
/** How long lanes have their turns at a time. */
const sliceMs = 1.5;

export interface WakingHost {
  readonly lanes: ReadonlyMap<string, Pick<Lane, 'pump'>>;
  /** Calls back after each commit with the destinations that it brought something; returns the unsubscriber. */
  watch(committed: (destinations: readonly string[]) => void): () => void;
}

/** Gives each that is due a turn, in slices. What falls due again meanwhile has its turn once more. */
export function createRounds<T>(
  turn: (one: T) => void,
  ticks: () => number = () => performance.now(),
  later: (work: () => void) => void = setImmediate,
): { add(some: Iterable<T>): void } {
  const due = new Set<T>();
  let isRunning = false;

  function slice(): void {
    const until = ticks() + sliceMs;
    for (const one of due) {
      due.delete(one);
      turn(one);
      if (ticks() >= until && due.size > 0) return later(slice);
    }
    isRunning = false;
  }

  return {
    add(some) {
      for (const one of some) due.add(one);
      if (isRunning) return;
      isRunning = true;
      slice();
    },
  };
}

/** Returns what stops it. */
export function startWaking({ lanes, watch }: WakingHost): () => void {
  const rounds = createRounds((lane: Pick<Lane, 'pump'>) => lane.pump());
  const reached = new Set<string>();
  let beats = 0;
  const unwatch = watch((destinations) => {
    // One commit after the other in a turn is one round.
    if (reached.size === 0 && destinations.length > 0) setImmediate(wakeReached);
    for (const id of destinations) reached.add(id);
  });
  function wakeReached(): void {
    const there = [...reached].flatMap((id) => lanes.get(id) ?? []);
    reached.clear();
    rounds.add(there);
  }
  const heartbeat = setInterval(() => {
    if (++beats % crowdBeats === 0 || !isCrowd(lanes.size)) rounds.add(lanes.values());
  }, heartbeatMs);
  return () => {
    unwatch();
    clearInterval(heartbeat);
  };
}
