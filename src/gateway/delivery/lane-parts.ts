/** What keeps one lane from harming its vendor, and its process: made from the destination, its connector and what is remembered. */
import type { LaneOpened } from '#gateway/log/event-log.ts';
import { Apart } from './apart.ts';
import { type Breaker, breakerOptionsOf, createBreaker } from './breaker.ts';
import type { Isolation } from './isolation.ts';
import type { LaneNotes } from './lane-notes.ts';
import { batchSizeOf, type LaneSpec } from './lane-spec.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import { createThrottle, type Throttle } from './throttle.ts';

export interface LaneParts {
  readonly breaker: Breaker;
  readonly throttle: Throttle;
  readonly budget: RetryBudget;
  readonly apart: Apart;
}

/** Deaths of the process on a lane without its cursor moving, after which its events are encoded apart. */
const deathsBeforeIsolation = 3;

interface PartsDeps {
  readonly notes: LaneNotes;
  now(): number;
  isolation(): Isolation;
}

export function createLaneParts(spec: LaneSpec, { notes, now, isolation }: PartsDeps, opened: LaneOpened): LaneParts {
  const { delivery } = spec.destination;
  const batchSize = batchSizeOf(spec);
  const ceilingPerSecond = delivery.ratePerSecond ?? spec.connector.ratePerSecond ?? null;
  return {
    breaker: createBreaker(breakerOptionsOf(delivery), now, {
      note: notes.breaker(spec.id),
      keep: (note) => notes.keepBreaker(spec.id, note),
    }),
    throttle: createThrottle({ ceilingPerSecond, batchSize }, now),
    budget: createRetryBudget(delivery.retryShare, batchSize, now),
    apart: new Apart(notes.deathsAt(spec.id, opened.cursor) >= deathsBeforeIsolation ? isolation() : null),
  };
}
