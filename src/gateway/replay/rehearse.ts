/** What would become of an event if it were sent now: encoded without the credential, and not sent. */
import type { Rehearsal } from '#contract/operations/replay.ts';
import type { EncodedRequest } from '#gateway/connectors/connector.ts';
import { deadlineOf } from '#gateway/delivery/deadline.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import type { LogRecord } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { maskEvent } from '#gateway/pipeline/mask-event.ts';

export interface RehearseDeps {
  readonly lane: Lane;
  /** What the tracking plan of its source says of it today; null without one. */
  planOf(event: GatewayEvent): Rehearsal['plan'];
  /** Epoch ms. */
  now(): number;
}

/** Base64, so that a connector that decodes its credential finds something to decode. */
const placeholder = 'c2x1aWNlIHBsYWNlaG9sZGVy';

/** @param isNew an edited copy: it would come in by its tracking plan again */
export function rehearse({ lane, planOf, now }: RehearseDeps, record: LogRecord, isNew: boolean): Rehearsal {
  const { connector, allow } = lane.spec;
  const { event } = record;
  const allowed = allow === null ? event : allow(event);
  const plan = planOf(event);
  const shared = {
    plan,
    removed: removedFrom(event, allowed),
    tooOld: deadlineOf(lane.spec)?.(record, now()) ?? false,
    dedupeKey: connector.dedupeKey(event),
  };
  const encoded = encode(lane, allowed, now());
  const stopped = blockedBy(plan, isNew) ?? stoppedBy(lane, record) ?? encoded.refusal;
  return { ...shared, verdict: stopped?.verdict ?? 'sent', detail: stopped?.detail ?? encoded.note, request: encoded.request };
}

type Stopped = Pick<Rehearsal, 'verdict' | 'detail'>;

function blockedBy(plan: Rehearsal['plan'], isNew: boolean): Stopped | null {
  if (!isNew || (plan?.verdict !== 'block' && plan?.verdict !== 'quarantine')) return null;
  const [first] = plan.violations;
  return { verdict: 'blocked', detail: first ? `${first.path || 'the event'}: ${first.message}` : 'it is not in the tracking plan' };
}

const verdicts = { hold: 'held', drop: 'dropped', divert: 'held', suppress: 'suppressed' } as const;
const details = {
  hold: 'held by a switch or by how it was opened',
  drop: 'dropped by a switch',
  divert: 'diverted to another destination',
  suppress: 'its person is suppressed, or did not consent',
} as const;

function stoppedBy({ rules }: Lane, record: LogRecord): Stopped | null {
  if (rules.parked) return { verdict: 'parked', detail: rules.parked.why };
  const fate = rules.isPlain ? 'flow' : rules.fateOf(record);
  return fate === 'flow' ? null : { verdict: verdicts[fate], detail: details[fate] };
}

interface Tried {
  readonly request: Rehearsal['request'];
  readonly refusal: Stopped | null;
  /** Why there is no request to show, though one would be sent. */
  readonly note: string;
}

function encode(lane: Lane, event: GatewayEvent, now: number): Tried {
  const { connector, settings, endpoint } = lane.spec;
  const credential = Object.fromEntries(connector.credential.map(({ name }) => [name, placeholder]));
  try {
    const { requests, refused } = connector.encode([event], { settings, endpoint, credential, now });
    const [refusal] = refused;
    if (refusal) return { request: null, refusal: { verdict: 'refused', detail: refusal.detail }, note: '' };
    const [request] = requests;
    return request
      ? { request: shown(request), refusal: null, note: '' }
      : { request: null, refusal: { verdict: 'refused', detail: 'the connector makes no request of it' }, note: '' };
  } catch {
    // Some connectors sign with their credential and cannot without one.
    return { request: null, refusal: null, note: 'the request cannot be shown without the credential' };
  }
}

function shown({ method, url, headers, body }: EncodedRequest): NonNullable<Rehearsal['request']> {
  const { origin, pathname, searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())];
  const query = names.length === 0 ? '' : `?${names.map((name) => `${name}=…`).join('&')}`;
  return {
    method,
    url: `${origin}${pathname}${query}`,
    headers: Object.keys(headers).sort(),
    bytes: body === null ? 0 : Buffer.byteLength(body),
    body: maskedBody(body),
  };
}

function maskedBody(body: string | null): unknown {
  if (body === null) return null;
  try {
    return maskEvent(JSON.parse(body));
  } catch {
    return `text(${body.length})`;
  }
}

/** Fields of the event that the allow-list takes away, by name of part and key. */
function removedFrom(before: GatewayEvent, after: GatewayEvent): string[] {
  return (['properties', 'traits', 'context'] as const).flatMap((part) =>
    Object.keys(before[part])
      .filter((key) => !Object.hasOwn(after[part], key))
      .map((key) => `${part}.${key.slice(0, 100).toWellFormed()}`),
  );
}
