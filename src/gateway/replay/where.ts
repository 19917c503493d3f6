/** Where did my event go? Its whole life: received, treated, routed, at every destination, replayed, edited, kept apart. */
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import type { EventLog, FoundEvent } from '#gateway/log/event-log.ts';
import type { Life } from '#gateway/log/replaying.ts';
import type { Quarantine } from '#gateway/quarantine/quarantine.ts';

export interface WhereDeps {
  readonly log: Pick<EventLog, 'find' | 'replaying'>;
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Registered destinations. */
  readonly ordinals: ReadonlyMap<string, number>;
  readonly quarantine: Pick<Quarantine, 'list'>;
}

type Input = ParsedInputOf<Operations['event.where']>;
type Output = OutputOf<Operations['event.where']>;
type Place = Output['events'][number]['destinations'][number];
type FoundPlace = FoundEvent['places'][number];

const mostQuarantined = 10;

/** EVENT_NOT_FOUND. */
export async function whereIs(deps: WhereDeps, { messageId, source }: Input): Promise<Result<Output>> {
  const found = await deps.log.find(messageId, source);
  const apart = await deps.quarantine.list({ messageId, source }, 0, mostQuarantined);
  const held = apart.ok ? apart.value : [];
  if (found.length === 0 && held.length === 0) return err(appError('EVENT_NOT_FOUND', { messageId }));
  const events = await Promise.all(found.map((each) => lifeOf(deps, each)));
  const quarantined = held.map(({ id, source: from, name, receivedAt, plan, revision }) => ({
    id,
    source: from,
    name,
    receivedAt,
    plan,
    revision,
  }));
  return ok({ events, ...(quarantined.length === 0 ? {} : { quarantined }) });
}

async function lifeOf(deps: WhereDeps, found: FoundEvent): Promise<Output['events'][number]> {
  const { seq, source, messageId, receivedAt, bytes, event } = found.record;
  const { provenance } = event;
  const places = await Promise.all([...deps.ordinals.keys()].map((destination) => placeAt(deps, found, destination)));
  return {
    seq,
    source,
    messageId,
    type: event.type,
    name: event.name,
    receivedAt,
    bytes,
    ...(provenance === undefined ? {} : { provenance }),
    destinations: places.filter((place) => place !== null),
  };
}

/** Null where the destination was never given it. */
async function placeAt({ log, lanes }: WhereDeps, { record, places }: FoundEvent, destination: string): Promise<Place | null> {
  const life = await log.replaying.life(destination, record.seq);
  const place = places.find((each) => each.destination === destination) ?? null;
  const state = stateOf(place, life);
  if (state === null) return null;
  const lane = lanes.get(destination);
  const isFlying = lane?.flying().some((flight) => flight.entries.some((entry) => entry.record.seq === record.seq)) ?? false;
  const row = place?.row ?? null;
  return {
    destination,
    state: isFlying && (state === 'waiting' || state === 'retrying') ? 'in-flight' : state,
    detail: row?.detail ?? detailOf(state, life, lane),
    attempt: row?.attempt ?? null,
    nextAttemptAt: row?.state === 'retrying' ? row.dueAt : null,
    dedupeKey: lane?.spec.connector.dedupeKey(record.event) ?? null,
    ...(state === 'settled' && life.outcome !== null ? { outcome: life.outcome } : {}),
    ...(life.replays.length === 0 ? {} : { replays: life.replays.map(({ id, gen }) => ({ replay: id, gen })) }),
    ...(life.child === null ? {} : { child: life.child }),
  };
}

/** What was filtered, or came before the destination, may have been given to it by a replay. */
function stateOf(place: FoundPlace | null, { replays }: Life): FoundPlace['state'] | null {
  if (replays.length > 0 && (place === null || place.state === 'filtered')) return 'settled';
  return place?.state ?? null;
}

const outcomes = {
  suppressed: 'not sent: its person is suppressed, did not consent, or was erased',
  dropped: 'dropped by a switch, or discarded',
  diverted: 'given to another destination',
  expired: 'expired: too old, or too much waited',
} as const;

function detailOf(state: FoundPlace['state'], { outcome, child }: Life, lane: Lane | undefined): string {
  if (state === 'waiting') return lane?.rules.parked?.why ?? '';
  if (state !== 'settled') return '';
  if (child !== null) return `an edited copy replaced it: ${child}`;
  if (outcome === null) return 'settled: delivered, suppressed, dropped or expired before the cursor; the ledger counts which';
  if (outcome !== 'delivered') return outcomes[outcome];
  return lane === undefined
    ? 'delivered'
    : lane.spec.connector.confirms
      ? 'delivered; the vendor confirms'
      : 'delivered; the vendor accepted the request';
}
