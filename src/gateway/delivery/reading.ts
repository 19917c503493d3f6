import type { EventLog } from '#gateway/log/event-log.ts';
import type { LaneReading } from '#gateway/telemetry/lane-reading.ts';
import { budgetUsed } from './expiry.ts';
import type { Lane } from './lane.ts';

/** What a lane is doing, in one word, with since when and why. */
function stateOf(lane: Lane, now: number): Pick<LaneReading, 'state' | 'since' | 'why'> {
  const stopped = stopOf(lane);
  lane.noteFlow(stopped === null, now);
  return stopped ?? { state: 'flowing', since: lane.flowingSince, why: '' };
}

/** What keeps a lane from flowing; the first that applies, or null. */
function stopOf(lane: Lane): Pick<LaneReading, 'state' | 'since' | 'why'> | null {
  const { parked, dropping } = lane.rules;
  if (!lane.spec.destination.enabled) return { state: 'off', since: parked?.since ?? 0, why: 'switched off' };
  if (parked) return { state: 'parked', ...parked };
  if (lane.hold && !dropping) return { state: 'held', ...lane.hold };
  if (lane.breaker.state !== 'closed')
    return { state: 'breaker', since: lane.breaker.troubledSince, why: `breaker ${lane.breaker.state}: too many failed or slow requests` };
  if (dropping) return { state: 'dropping', ...dropping };
  return null;
}

/** The lane's side of a tick. Cheap: from memory. */
export function readLane(lane: Lane, log: EventLog, now: number): LaneReading {
  const backlog = log.backlog(lane.spec.id);
  return {
    id: lane.spec.id,
    ...stateOf(lane, now),
    desired: lane.rules.desired,
    inFlight: lane.flying().length,
    waiting: backlog.events,
    held: lane.counts.held,
    retrying: lane.counts.retrying,
    dead: lane.counts.dead,
    oldestAt: backlog.oldestAt,
    budgetUsed: budgetUsed(backlog, lane.spec.destination.hold, now),
    breaker: lane.breaker.state,
  };
}
