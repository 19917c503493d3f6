/** What becomes of a lane's events that are too old: never sent, and expired once the lane has flowed for long enough. */
import type { Deadline } from './deadline.ts';
import { type FlowTime, flowBeforeExpiryMs } from './flow-time.ts';
import type { End, Entry } from './window.ts';

export interface Freshness {
  /** Null where no event is ever too old. */
  readonly deadline: Deadline | null;
  /** Ends an entry that is too old, or puts it off. */
  tooOld(entry: Entry): void;
  /** False while too many are put off: the lane reads no further until they may expire. */
  mayReadOn(): boolean;
  everySecond(isFlowing: boolean): void;
  /** Whether the clock has been steady for long enough to let a backlog expire by age. */
  mayExpireBacklog(): boolean;
}

const mostPutOff = 4096;
const leastDelayMs = 1000;

/** @param now the durable clock, epoch ms */
export function createFreshness(
  deadline: Deadline | null,
  flowTime: FlowTime,
  now: () => number,
  end: (entry: Entry, end: End) => void,
): Freshness {
  let putOff = 0;
  return {
    deadline,
    tooOld(entry) {
      const waitMs = flowTime.untilExpiryMs;
      if (waitMs === 0) return end(entry, { to: 'terminal', state: 'expired' });
      putOff++;
      const { seq, gen } = entry.record;
      const dueAt = now() + Math.max(leastDelayMs, waitMs);
      const detail = 'too old to be sent; expires once its destination has flowed for a minute';
      end(entry, { to: 'row', row: { seq, gen, state: 'retrying', attempt: entry.attempt, dueAt, class: 'too-old', detail } });
    },
    mayReadOn: () => putOff < mostPutOff,
    everySecond(isFlowing) {
      flowTime.tick(isFlowing, now(), performance.now());
      if (flowTime.untilExpiryMs === 0) putOff = 0;
    },
    mayExpireBacklog: () => flowTime.steadyMs >= flowBeforeExpiryMs,
  };
}
