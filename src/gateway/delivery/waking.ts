/**
 * Wakes lanes: after commits, and on a heartbeat. A round over hundreds of lanes takes longer than an operator's command
 * may wait, so it is cut into slices, and whatever came meanwhile has its turn between two of them.
 */
import type { Lane } from './lane.ts';

const heartbeatMs = 25;
/** With more lanes than this, commits wake them at most every `crowdedWakeMs`. */
const crowd = 32;
const crowdedWakeMs = 4;
/** Lanes are pumped for so long at a time. */
const sliceMs = 1.5;

export interface WakingHost {
  readonly lanes: ReadonlyMap<string, Pick<Lane, 'pump'>>;
  /** Calls back after each commit; returns the unsubscriber. */
  watch(committed: () => void): () => void;
}

/** Runs rounds: every lane is pumped once in each. One that is asked for while another runs follows it. */
export function createRounds(
  lanes: WakingHost['lanes'],
  ticks: () => number = () => performance.now(),
  later: (work: () => void) => void = setImmediate,
): { run(): void } {
  let isRunning = false;
  let again = false;

  function slice(rest: Iterator<Pick<Lane, 'pump'>>): void {
    const until = ticks() + sliceMs;
    for (let next = rest.next(); !next.done; next = rest.next()) {
      next.value.pump();
      if (ticks() >= until) return later(() => slice(rest));
    }
    isRunning = again;
    if (!again) return;
    again = false;
    later(() => slice(lanes.values()));
  }

  return {
    run() {
      if (isRunning) {
        again = true;
        return;
      }
      isRunning = true;
      slice(lanes.values());
    },
  };
}

/** Returns what stops it. */
export function startWaking({ lanes, watch }: WakingHost): () => void {
  const rounds = createRounds(lanes);
  let isWaking = false;
  const wakeAll = () => {
    isWaking = false;
    rounds.run();
  };
  const unwatch = watch(() => {
    if (isWaking) return;
    isWaking = true;
    if (lanes.size <= crowd) setImmediate(wakeAll);
    else setTimeout(wakeAll, crowdedWakeMs);
  });
  const heartbeat = setInterval(() => rounds.run(), heartbeatMs);
  return () => {
    unwatch();
    clearInterval(heartbeat);
  };
}
