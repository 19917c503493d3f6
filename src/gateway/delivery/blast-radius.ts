import type { BacklogChoice, SwitchScope } from '#contract/documents/switch.ts';
import type { BlastRadius } from '#contract/operations/switches.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { Lane } from './lane.ts';

type LaneRadius = BlastRadius['destinations'][number];

/** Lanes that a scope touches. Sources and event names touch all. */
export function lanesIn(scope: SwitchScope, lanes: ReadonlyMap<string, Lane>): readonly Lane[] {
  if (scope.type !== 'destination') return [...lanes.values()];
  const lane = lanes.get(scope.destination);
  return lane ? [lane] : [];
}

const pageEvents = 2048;

/** How many waiting events are older than the vendor takes. They lie first, so the scan ends at the first young one. */
async function countTooOld(lane: Lane, log: EventLog, now: number): Promise<number> {
  const { freshnessMs } = lane.spec.connector;
  if (freshnessMs === null) return 0;
  const { oldestAt } = log.backlog(lane.spec.id);
  if (oldestAt === null || oldestAt >= now - freshnessMs) return 0;
  let after = lane.window.cursor;
  for (let count = 0; ; ) {
    const page = await log.readDisk(lane.spec.id, after, { events: pageEvents, bytes: 4 * 1024 * 1024 });
    for (const record of page.records) {
      if (record.receivedAt >= now - freshnessMs) return count;
      count++;
    }
    if (page.through === after) return count;
    after = page.through;
  }
}

async function radiusOf(lane: Lane, log: EventLog, now: number, pacePerSecond: number | null): Promise<LaneRadius> {
  const backlog = log.backlog(lane.spec.id);
  const { hold } = lane.spec.destination;
  const { arrivalsPerSecond, arrivalBytesPerSecond, bestPerSecond } = lane.rates;
  const toDrain = backlog.events + lane.counts.held;
  const speed = Math.min(pacePerSecond ?? Number.POSITIVE_INFINITY, bestPerSecond || Number.POSITIVE_INFINITY) - arrivalsPerSecond;
  const inFlight = lane.flying().length;
  return {
    destination: lane.spec.id,
    eventsPerMinute: Math.round(arrivalsPerSecond * 60),
    inFlight,
    waiting: backlog.events,
    held: lane.counts.held,
    retrying: lane.counts.retrying,
    tooOld: await countTooOld(lane, log, now),
    possiblyTwice: lane.spec.connector.dedupe === 'none' ? inFlight + lane.counts.retrying : 0,
    budgetFullInMs: arrivalBytesPerSecond > 0 ? Math.max(0, ((hold.bytes - backlog.bytes) / arrivalBytesPerSecond) * 1000) : null,
    drainEtaMs: toDrain === 0 ? 0 : Number.isFinite(speed) && speed > 0 ? (toDrain / speed) * 1000 : null,
    messagesPeople: lane.spec.connector.messagesPeople,
  };
}

/** What a switch command would touch. Destinations without traffic or backlog are listed too, so that none is forgotten. */
export async function blastRadius(
  scope: SwitchScope,
  lanes: ReadonlyMap<string, Lane>,
  log: EventLog,
  now: number,
  pacePerSecond: number | null,
): Promise<BlastRadius> {
  return { destinations: await Promise.all(lanesIn(scope, lanes).map((lane) => radiusOf(lane, log, now, pacePerSecond))) };
}

/** Whether opening with this choice sends anything that waited. */
export function releasesBacklog(backlog: BacklogChoice): boolean {
  return backlog.choice === 'drain' || backlog.choice === 'newer';
}
