import type { BacklogChoice, SwitchScope } from '#contract/documents/switch.ts';
import type { BlastRadius } from '#contract/operations/switches.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { divertsLane } from './diversions.ts';
import type { Lane } from './lane.ts';
import type { SetInput } from './switch-request.ts';

type LaneRadius = BlastRadius['destinations'][number];
/** What of a request the radius depends on. */
export type RadiusOf = Pick<SetInput, 'scope' | 'mode'> & Partial<Pick<SetInput, 'to' | 'share' | 'includeBacklog' | 'pacePerSecond'>>;

/** Lanes that a scope touches. Sources and event names touch all. */
export function lanesIn(scope: SwitchScope, lanes: ReadonlyMap<string, Lane>): readonly Lane[] {
  if (scope.type !== 'destination') return [...lanes.values()];
  const lane = lanes.get(scope.destination);
  return lane ? [lane] : [];
}

const pageEvents = 2048;

/** How many waiting events are older than the vendor takes, or its destination wants. They lie first, so the scan ends at the first young one. */
async function countTooOld(lane: Lane, log: EventLog, now: number): Promise<number> {
  const { connector, destination } = lane.spec;
  const limitMs = Math.min(connector.freshnessMs ?? Number.POSITIVE_INFINITY, destination.delivery.maxAgeMs ?? Number.POSITIVE_INFINITY);
  const { oldestAt } = log.backlog(lane.spec.id);
  if (oldestAt === null || oldestAt >= now - limitMs) return 0;
  let after = lane.window.cursor;
  for (let count = 0; ; ) {
    const page = await log.readDisk(lane.spec.id, after, { events: pageEvents, bytes: 4 * 1024 * 1024 });
    for (const record of page.records) {
      if (record.receivedAt >= now - limitMs) return count;
      count++;
    }
    if (page.through === after) return count;
    after = page.through;
  }
}

/** What a mode makes of events, beside what stands still. For a scope narrower than the lane it is an upper bound. */
function effectOf(request: RadiusOf, destination: string, perMinute: number, unsettled: number): Partial<LaneRadius> {
  const { mode, includeBacklog } = request;
  if (mode === 'park' || mode === 'flow') return {};
  const part = mode === 'sample' ? 1 - (request.share ?? 1) : 1;
  const backlogTaken = includeBacklog ? Math.round(unsettled * part) : 0;
  if (mode === 'divert') return { backlogTaken, divertedPerMinute: divertsLane(request, destination) ? perMinute : 0 };
  return { backlogTaken, lostPerMinute: Math.round(perMinute * part) };
}

/** Events that may come to be at a vendor twice: no dedupe there (of a replay, too), or another vendor may have them already. */
function possiblyTwice(lane: Lane, { mode, includeBacklog = false }: RadiusOf, inFlight: number, replaysLeft: number): number {
  const isRisky = lane.spec.connector.dedupe === 'none' || (mode === 'divert' && includeBacklog);
  return isRisky ? inFlight + lane.counts.retrying + replaysLeft : 0;
}

async function radiusOf(lane: Lane, log: EventLog, now: number, request: RadiusOf, replaysLeft: number): Promise<LaneRadius> {
  const backlog = log.backlog(lane.spec.id);
  const { hold } = lane.spec.destination;
  const { arrivalsPerSecond, arrivalBytesPerSecond, bestPerSecond } = lane.rates;
  const { held, retrying } = lane.counts;
  const toDrain = backlog.events + held;
  const pace = request.pacePerSecond ?? Number.POSITIVE_INFINITY;
  const speed = Math.min(pace, bestPerSecond || Number.POSITIVE_INFINITY) - arrivalsPerSecond;
  const inFlight = lane.flying(request.scope).length;
  const eventsPerMinute = Math.round(arrivalsPerSecond * 60);
  return {
    destination: lane.spec.id,
    eventsPerMinute,
    inFlight,
    waiting: backlog.events,
    held,
    retrying,
    tooOld: await countTooOld(lane, log, now),
    possiblyTwice: possiblyTwice(lane, request, inFlight, request.mode === 'flow' ? replaysLeft : 0),
    budgetFullInMs: arrivalBytesPerSecond > 0 ? Math.max(0, ((hold.bytes - backlog.bytes) / arrivalBytesPerSecond) * 1000) : null,
    drainEtaMs: toDrain === 0 ? 0 : Number.isFinite(speed) && speed > 0 ? (toDrain / speed) * 1000 : null,
    messagesPeople: lane.spec.connector.messagesPeople,
    ...(replaysLeft > 0 ? { replaysLeft } : {}),
    ...effectOf(request, lane.spec.id, eventsPerMinute, toDrain + retrying),
  };
}

function targetOf(lane: Lane, log: EventLog): NonNullable<BlastRadius['target']> {
  const { spec, rules, hold, breaker } = lane;
  const stop = spec.destination.enabled ? (rules.parked ?? hold) : { why: 'switched off' };
  return {
    destination: spec.id,
    why: stop?.why ?? (breaker.state === 'closed' ? '' : `breaker ${breaker.state}`),
    eventsPerMinute: Math.round(lane.rates.arrivalsPerSecond * 60),
    waiting: log.backlog(spec.id).events,
    messagesPeople: spec.connector.messagesPeople,
  };
}

/** Whether a lane has, or may get, events of a scope: a filter of its destination may keep them away. */
function concerns(scope: SwitchScope, { spec, counts }: Lane, log: EventLog): boolean {
  const { sources, events } = spec.destination;
  const [wanted, name] = scope.type === 'source' ? [sources, scope.source] : scope.type === 'event' ? [events, scope.event] : [[], ''];
  if (wanted.length === 0 || wanted.includes(name)) return true;
  // What was taken in before the filter was set may be among what is not settled.
  return log.backlog(spec.id).events + counts.held + counts.retrying > 0;
}

/**
 * What a switch command would touch. Destinations without traffic or backlog are listed too, so that none is forgotten.
 * Where a scope is narrower than a lane, what is in flight is counted exactly and the rest is an upper bound.
 * @param replaysLeft events that replays under way may still give a destination
 */
export async function blastRadius(
  request: RadiusOf,
  lanes: ReadonlyMap<string, Lane>,
  log: EventLog,
  now: number,
  replaysLeft: (destination: string) => number = () => 0,
): Promise<BlastRadius> {
  const isTarget = (id: string) => request.mode === 'divert' && id === request.to;
  const reached = lanesIn(request.scope, lanes).filter((lane) => !isTarget(lane.spec.id) && concerns(request.scope, lane, log));
  const destinations = await Promise.all(reached.map((lane) => radiusOf(lane, log, now, request, replaysLeft(lane.spec.id))));
  const target = request.mode === 'divert' && request.to !== undefined ? lanes.get(request.to) : undefined;
  return { destinations, ...(target ? { target: targetOf(target, log) } : {}) };
}

/** Whether opening with this choice sends anything that waited. */
export function releasesBacklog(backlog: BacklogChoice): boolean {
  return backlog.choice === 'drain' || backlog.choice === 'newer';
}
