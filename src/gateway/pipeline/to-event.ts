/**
 * From parsed JSON to the one shape that the rest of the gateway knows. Ingest calls it on the
 * way in, the log when it decodes stored bodies: the same bytes and facts always give the same
 * event, so nothing here may read a clock, a setting or a random number.
 */
import type { Provenance } from '#contract/operations/watching.ts';
import type { EventType, GatewayEvent } from './event.ts';
import { parseTime } from './parse-time.ts';

/** What is known of an event beside its own JSON. */
export interface EventFacts {
  readonly source: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly type: EventType;
  /** Wins over the one in the JSON. */
  readonly messageId?: string | undefined;
  /** What was done to it on its way in. */
  readonly provenance?: Provenance | undefined;
  /** What a batch says once for all of its events. `integrations` matters to routing only. */
  readonly shared?: { readonly context?: unknown; readonly sentAt?: unknown; readonly integrations?: unknown } | undefined;
}

const DAY_MS = 86_400_000;
/** Later than this after its arrival, an event's time cannot be true. */
export const FUTURE_LIMIT_MS = DAY_MS;
/** Older than this it is taken for a broken clock (a phone that woke in 1970), not for an import of history. */
export const PAST_LIMIT_MS = 5 * 365 * DAY_MS;

type Json = Readonly<Record<string, unknown>>;
/** Shared by all events that lack the part: most lack two of three. */
const nothing: Json = Object.freeze({});

/**
 * Makes a `GatewayEvent` of any JSON value. Total: what is missing or of the wrong type becomes
 * empty, it never throws (whether an event is acceptable was decided at ingest).
 */
export function toGatewayEvent(raw: unknown, facts: EventFacts): GatewayEvent {
  const json = isRecord(raw) ? raw : nothing;
  const { type, receivedAt, shared } = facts;
  const event: GatewayEvent & { provenance?: Provenance } = {
    source: facts.source,
    messageId: facts.messageId ?? (typeof json.messageId === 'string' ? json.messageId : ''),
    type,
    name: nameOf(json, type),
    userId: idOf(json.userId),
    anonymousId: idOf(json.anonymousId),
    timestamp: timestampOf(json.timestamp, shared?.sentAt ?? json.sentAt, receivedAt),
    receivedAt,
    properties: isRecord(json.properties) ? json.properties : nothing,
    traits: isRecord(json.traits) ? json.traits : nothing,
    context: contextOf(json.context, shared?.context),
    groupId: idOf(json.groupId),
    previousId: idOf(json.previousId),
  };
  if (facts.provenance !== undefined) event.provenance = facts.provenance;
  return event;
}

/** Name of a track, page or screen; otherwise the type. */
export function nameOf(json: Json, type: EventType): string {
  const name = type === 'track' ? json.event : type === 'page' || type === 'screen' ? json.name : undefined;
  return typeof name === 'string' && name !== '' ? name : type;
}

/**
 * When it happened, epoch ms: receivedAt − (sentAt − timestamp), as Segment's spec says, which
 * takes out the skew of the sender's clock. Without a `sentAt` the timestamp is believed. A
 * result that cannot be true (a day ahead, or older than five years) becomes `receivedAt`.
 */
export function timestampOf(timestamp: unknown, sentAt: unknown, receivedAt: number): number {
  if (timestamp === undefined) return receivedAt;
  const stated = epochMs(timestamp);
  if (Number.isNaN(stated)) return receivedAt;
  const sent = epochMs(sentAt);
  const at = Number.isNaN(sent) ? stated : receivedAt - (sent - stated);
  // Written so that NaN (JSON may say 1e999 twice) falls back too.
  return at <= receivedAt + FUTURE_LIMIT_MS && at >= receivedAt - PAST_LIMIT_MS ? at : receivedAt;
}

/** An ISO 8601 string or epoch milliseconds; NaN for anything else. */
function epochMs(value: unknown): number {
  if (typeof value === 'string') return parseTime(value);
  return typeof value === 'number' ? value : Number.NaN;
}

/** Ids are text; apps also send their database's numbers. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** The batch's context under the event's own. Spread defines own properties, so a `__proto__` key stays a plain key. */
function contextOf(own: unknown, shared: unknown): Json {
  if (!isRecord(shared)) return isRecord(own) ? own : nothing;
  return isRecord(own) ? { ...shared, ...own } : shared;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
