import type { OutputOf } from '#contract/operation.ts';
import type { laneRead } from '#contract/operations/lane.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { LaneReading } from '#gateway/telemetry/lane-reading.ts';
import { firstEnd } from '#gateway/transport/certificates.ts';
import { shownCertificates } from './endpoints/lane-endpoints.ts';
import { budgetUsed } from './expiry.ts';
import type { Lane } from './lane.ts';

/** What a lane is doing, in one word, with since when and why. */
function stateOf(lane: Lane, now: number): Pick<LaneReading, 'state' | 'since' | 'why'> {
  const stopped = stopOf(lane);
  const since = lane.flow.since(stopped === null, now);
  return stopped ?? { state: 'flowing', since, why: lane.isApart ? apart : (lane.rules.sampling?.why ?? '') };
}

const apart = 'one event at a time, each encoded apart: the gateway died several times while this destination worked';

/** The breaker, where it is not simply closed. */
function breakerOf({ breaker }: Lane): Pick<LaneReading, 'breakerDetail'> {
  const { state, measured, forced, why, troubledSince: since } = breaker;
  if (state === 'closed' && measured === 'closed' && forced === null) return {};
  return { breakerDetail: { measured, why, since, probesAt: measured === 'open' ? breaker.opensAt : null, forced } };
}

/** Which endpoint is in use, where there are several, and when the first certificate ends that was shown. */
function endpointOf({ endpoints }: Lane, now: number): Pick<LaneReading, 'endpoint' | 'certificateEndsAt'> {
  const ends = firstEnd(shownCertificates(endpoints, now));
  return {
    ...(endpoints.choice && { endpoint: endpoints.choice.active }),
    ...(ends === null ? {} : { certificateEndsAt: ends }),
  };
}

/** What keeps a lane from flowing; the first that applies, or null. */
export function stopOf(lane: Lane): Pick<LaneReading, 'state' | 'since' | 'why'> | null {
  const { parked, dropping, diverting, endsUnsent } = lane.rules;
  if (!lane.spec.destination.enabled) return { state: 'off', since: parked?.since ?? 0, why: 'switched off' };
  if (parked) return { state: 'parked', ...parked };
  if (lane.hold && !endsUnsent) return { state: 'held', ...lane.hold };
  const { state, why, troubledSince: since, forced } = lane.breaker;
  if (diverting) return { state: 'diverting', ...diverting };
  if (state !== 'closed') return { state: 'breaker', since, why: forced ? `breaker ${why}` : `breaker ${state}: ${why}` };
  if (dropping) return { state: 'dropping', ...dropping };
  return null;
}

/** The lane's side of a tick. Cheap: from memory. */
export function readLane(lane: Lane, log: EventLog, now: number): LaneReading {
  const backlog = log.backlog(lane.spec.id);
  const rate = lane.throttle.reading();
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
    ...breakerOf(lane),
    ...endpointOf(lane, now),
    ...(rate && { rate }),
    ...(lane.order && { order: lane.order.reading() }),
  };
}

const mostHotUsers = 10;

/** What limits a lane, in full: for whoever looks at it. */
export function readLimits(lane: Lane, now: number): OutputOf<typeof laneRead> {
  const { breaker, order, stops } = lane;
  const { state, measured, forced, why, troubledSince: since, opensAt } = breaker;
  return {
    breaker: { effective: state, measured, why, since, probesAt: measured === 'open' ? opensAt : null, forced, window: breaker.window() },
    rate: lane.throttle.reading(),
    pausedUntil: stops.pausedUntil > now ? stops.pausedUntil : null,
    retryBudget: { available: lane.budget.available(), floorPerSecond: lane.budget.floorPerSecond },
    order: order && { ...order.reading(), hot: [...order.hot(mostHotUsers)] },
    apartFor: lane.apartFor,
  };
}
