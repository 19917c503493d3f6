/**
 * From a parsed body to what the log stores: which events are good, which are not and why, and the
 * bytes to keep. Pure but for message ids that the sender left out.
 *
 * The received bytes are stored as they are wherever they may be; only a body that must not be kept
 * as it came (a made message id, a bad event among good ones, a mapping) is written anew.
 */
import { type AppError, appError } from '#contract/errors.ts';
import type { Violation } from '#contract/operations/pipeline.ts';
import type { AppendEvent, AppendRequest, RouteId } from '#gateway/log/event-log.ts';
import type { EventType, GatewayEvent } from '#gateway/pipeline/event.ts';
import { type Provenance, provenanceKey, withProvenance } from '#gateway/pipeline/provenance.ts';
import { nameOf, toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { blankWriteKey } from './blank-write-key.ts';
import { checkEvent, type EventJson, invalid, isObject, MAX_EVENT_BYTES, shapeError } from './check-event.ts';
import type { IngestSource } from './source-index.ts';
import type { Treated } from './treatment.ts';

/** Segment's own limit. */
export const MAX_BATCH_EVENTS = 2500;

/** What an endpoint takes: one event of a type, a batch, or plain JSON with the source's mapping. */
export type Intake = EventType | 'batch' | 'json';

export interface AcceptContext {
  readonly source: IngestSource;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** W3C traceparent that the request came with. */
  readonly trace?: string | null;
  /** Epoch ms at which it is let out of quarantine. */
  readonly releasedAt?: number;
  /** Where it is an edited copy of a dead letter. */
  readonly edited?: Required<Pick<Provenance, 'parentId' | 'editReason'>>;
  route(event: GatewayEvent, integrations: unknown): RouteId;
  newMessageId(): string;
}

export interface Rejected {
  /** Position in the batch; 0 for a single event. */
  readonly index: number;
  readonly error: AppError;
}

/** An event that is kept apart. `body` is the event alone, as JSON. */
export interface Quarantined {
  readonly messageId: string;
  readonly type: EventType;
  readonly name: string;
  readonly plan: string;
  readonly revision: number;
  readonly violations: readonly Violation[];
  readonly body: Buffer;
}

export interface Accepted {
  /** Null where no event is good. */
  readonly request: AppendRequest | null;
  readonly rejected: readonly Rejected[];
  readonly quarantined: readonly Quarantined[];
  /** Something was learned about people that must be durable before the answer. */
  readonly hasLearned: boolean;
}

/** Sorts out one body. Every event of it is in exactly one of `request`, `rejected` and `quarantined`. */
export function accept(body: Buffer, json: unknown, intake: Intake, context: AcceptContext): Accepted {
  if (intake === 'json') return acceptPlain(body, json, context);
  if (intake === 'batch') return acceptBatch(body, json, context);
  return acceptSingle(body, json, intake, context);
}

function acceptSingle(body: Buffer, json: unknown, type: EventType, context: AcceptContext): Accepted {
  if (body.length > MAX_EVENT_BYTES) return none(appError('INGEST_BODY_TOO_LARGE', { limitBytes: MAX_EVENT_BYTES }));
  const checked = checkEvent(json, type);
  if (!checked.ok) return none(checked.error);
  const treated = context.source.treatment?.treat(checked.json, checked.type, undefined, context.receivedAt) ?? null;
  const kept = treated === null ? checked.json : treated.json;
  const messageId = messageIdOf(kept, checked.messageId, context);
  if (treated !== null && treated.fate !== 'accept') {
    if (treated.fate === 'block') return none(blocked(treated));
    return {
      request: null,
      rejected: [],
      quarantined: [quarantinedOf(treated, checked.type, messageId, undefined)],
      hasLearned: treated.hasLearned,
    };
  }
  const provenance = tracing(context)(treated?.provenance ?? null);
  const event = eventOf(kept, checked.type, messageId, -1, undefined, provenance, context);
  const asReceived =
    kept === checked.json && checked.messageId !== null && (!Object.hasOwn(kept, 'writeKey') || blankWriteKey(body, kept.writeKey));
  const plain = asReceived ? body : encode(clean(kept, messageId));
  // A sender's own key of that name must not be taken for ours.
  const stored = provenance === null && !(asReceived && Object.hasOwn(kept, provenanceKey)) ? plain : withProvenance(plain, provenance);
  return { request: requestOf(stored, [event], context), rejected: [], quarantined: [], hasLearned: treated?.hasLearned ?? false };
}

function acceptBatch(body: Buffer, json: unknown, context: AcceptContext): Accepted {
  if (!isObject(json)) return none(invalid([{ path: '', message: 'Invalid input: expected object' }]));
  const { batch, ...envelope } = json;
  if (!Array.isArray(batch)) return none(invalid([{ path: 'batch', message: 'Invalid input: expected array' }]));
  const fault = envelopeError(batch, envelope);
  if (fault) return all(batch.length, fault);
  return acceptMany(body, batch, envelope, context, false);
}

function acceptPlain(body: Buffer, json: unknown, context: AcceptContext): Accepted {
  const shape = Array.isArray(json)
    ? null
    : body.length > MAX_EVENT_BYTES
      ? appError('INGEST_BODY_TOO_LARGE', { limitBytes: MAX_EVENT_BYTES })
      : shapeError(json);
  if (shape) return none(shape);
  const plain: readonly unknown[] = Array.isArray(json) ? json : [json];
  const fault = envelopeError(plain, {});
  if (fault) return all(plain.length, fault);
  const tracks = plain.map((item) => (isObject(item) ? (shapeError(item) === null ? context.source.mapping.toTrack(item) : item) : item));
  return acceptMany(body, tracks, {}, context, true);
}

/** What spoils a batch as a whole. */
function envelopeError(batch: readonly unknown[], envelope: EventJson): AppError | null {
  if (batch.length === 0) return invalid([{ path: 'batch', message: 'Too small: expected array to have >=1 items' }]);
  if (batch.length > MAX_BATCH_EVENTS)
    return invalid([{ path: 'batch', message: `Too big: expected array to have <=${MAX_BATCH_EVENTS} items` }]);
  const shape = shapeError(envelope);
  if (shape) return shape;
  const shared = ['context', 'integrations'].filter(
    (part) => envelope[part] !== undefined && envelope[part] !== null && !isObject(envelope[part]),
  );
  return shared.length > 0 ? invalid(shared.map((path) => ({ path, message: 'Invalid input: expected object' }))) : null;
}

function acceptMany(body: Buffer, batch: readonly unknown[], sent: EventJson, context: AcceptContext, rewrite: boolean): Accepted {
  const { treatment } = context.source;
  const envelope = treatment?.envelope(sent) ?? sent;
  const events: AppendEvent[] = [];
  const rejected: Rejected[] = [];
  const quarantined: Quarantined[] = [];
  const marks = createMarks();
  const traced = tracing(context);
  let hasLearned = false;
  /** Set once the body cannot be stored as received: the good events, cleaned. */
  let rewritten: EventJson[] | null = rewrite || envelope !== sent ? [] : null;
  for (let index = 0; index < batch.length; index++) {
    const checked = checkEvent(batch[index], null);
    const treated = checked.ok && treatment !== null ? treatment.treat(checked.json, checked.type, sent, context.receivedAt) : null;
    if (treated?.hasLearned) hasLearned = true;
    if (!checked.ok || treated?.fate === 'block') {
      rejected.push({ index, error: checked.ok ? blocked(treated as Treated) : checked.error });
      rewritten ??= cleanAll(batch, events);
      continue;
    }
    const json = treated === null ? checked.json : treated.json;
    const messageId = messageIdOf(json, checked.messageId, context);
    if (treated?.fate === 'quarantine') {
      quarantined.push(quarantinedOf(treated, checked.type, messageId, envelope));
      rewritten ??= cleanAll(batch, events);
      continue;
    }
    const isAsSent = json === checked.json && checked.messageId !== null && !Object.hasOwn(json, 'writeKey');
    if (rewritten === null && !isAsSent) rewritten = cleanAll(batch, events);
    const provenance = traced(treated?.provenance ?? null);
    events.push(eventOf(json, checked.type, messageId, rewritten === null ? index : rewritten.length, envelope, provenance, context));
    marks.add(provenance);
    rewritten?.push(clean(json, messageId));
  }
  if (events.length === 0) return { request: null, rejected, quarantined, hasLearned };
  const asReceived = rewritten === null && (!Object.hasOwn(envelope, 'writeKey') || blankWriteKey(body, envelope.writeKey));
  const plain = asReceived ? body : encode({ ...enveloped(envelope, events), batch: rewritten ?? batch });
  const stored = marks.isEmpty && !(asReceived && Object.hasOwn(envelope, provenanceKey)) ? plain : withProvenance(plain, marks.all());
  return { request: requestOf(stored, events, context), rejected, quarantined, hasLearned };
}

/** What a batch says for all of its events; nothing of the people where all are suppressed. */
function enveloped(envelope: EventJson, events: readonly AppendEvent[]): EventJson {
  const { writeKey: _writeKey, [provenanceKey]: _forged, ...kept } = envelope;
  if (!events.every(({ event }) => event.provenance?.suppressed !== undefined)) return kept;
  const { sentAt } = kept;
  return { sentAt };
}

/** Provenance of a batch's events: one for all where they are alike. */
function createMarks() {
  const marks: (Provenance | null)[] = [];
  let isAlike = true;
  let isEmpty = true;
  return {
    get isEmpty() {
      return isEmpty;
    },
    add(provenance: Provenance | null): void {
      if (marks.length > 0 && marks[0] !== provenance) isAlike = false;
      if (provenance !== null) isEmpty = false;
      marks.push(provenance);
    },
    all: (): Provenance | null | readonly (Provenance | null)[] => (isAlike ? (marks[0] ?? null) : marks),
  };
}

/** The events taken so far: all of the first ones, or we would be rewriting already, so positions stay true. */
function cleanAll(batch: readonly unknown[], events: readonly AppendEvent[]): EventJson[] {
  return batch.slice(0, events.length).map((json, index) => clean(isObject(json) ? json : {}, events[index]?.messageId ?? ''));
}

function eventOf(
  json: EventJson,
  type: EventType,
  messageId: string,
  element: number,
  shared: EventJson | undefined,
  provenance: Provenance | null,
  context: AcceptContext,
): AppendEvent {
  const facts = { source: context.source.id, receivedAt: context.receivedAt, type, messageId, shared, provenance: provenance ?? undefined };
  const event = toGatewayEvent(json, facts);
  return { messageId, type, route: context.route(event, json.integrations ?? shared?.integrations), element, event };
}

/** Redaction may have changed an id that was sent. */
function messageIdOf(json: EventJson, sent: string | null, context: AcceptContext): string {
  if (sent === null) return context.newMessageId();
  return typeof json.messageId === 'string' && json.messageId !== '' ? json.messageId : sent;
}

/** Puts what is so for a whole request to the provenance of its events; like ones stay one object. */
function tracing({ trace, releasedAt, edited }: AcceptContext): (provenance: Provenance | null) => Provenance | null {
  if ((trace === undefined || trace === null) && releasedAt === undefined && edited === undefined) return (provenance) => provenance;
  const shared = {
    ...(trace === undefined || trace === null ? {} : { trace }),
    ...(releasedAt === undefined ? {} : { releasedAt }),
    ...edited,
  };
  const known = new Map<Provenance | null, Provenance>();
  return (provenance) => {
    const marked = known.get(provenance) ?? { ...provenance, ...shared };
    known.set(provenance, marked);
    return marked;
  };
}

function blocked({ plan, violations }: Treated): AppError {
  return appError('INGEST_PLAN_VIOLATED', { plan: plan?.id, revision: plan?.revision, violations });
}

/** The event by itself, with what its batch says for all. */
function quarantinedOf(
  { json, plan, violations }: Treated,
  type: EventType,
  messageId: string,
  shared: EventJson | undefined,
): Quarantined {
  const alone = shared === undefined ? json : withShared(json, shared);
  const body = encode({ ...clean(alone, messageId), type });
  return { messageId, type, name: nameOf(json, type), plan: plan?.id ?? '', revision: plan?.revision ?? 0, violations, body };
}

function withShared(json: EventJson, shared: EventJson): EventJson {
  const context = isObject(shared.context) ? { context: { ...shared.context, ...(isObject(json.context) ? json.context : {}) } } : {};
  const sentAt = shared.sentAt === undefined ? {} : { sentAt: shared.sentAt };
  const integrations = json.integrations ?? shared.integrations;
  return { ...json, ...context, ...sentAt, ...(integrations === undefined ? {} : { integrations }) };
}

function clean(json: EventJson, messageId: string): EventJson {
  const { writeKey: _writeKey, [provenanceKey]: _forged, ...rest } = json;
  return { ...rest, messageId };
}

function encode(json: EventJson): Buffer {
  return Buffer.from(JSON.stringify(json));
}

function requestOf(body: Buffer, events: readonly AppendEvent[], context: AcceptContext): AppendRequest {
  return { source: context.source.id, receivedAt: context.receivedAt, body, events };
}

function none(error: AppError): Accepted {
  return { request: null, rejected: [{ index: 0, error }], quarantined: [], hasLearned: false };
}

/** One fault that spoils every event; an empty batch counts as one. */
function all(count: number, error: AppError): Accepted {
  const rejected = Array.from({ length: Math.max(1, count) }, (_, index) => ({ index, error }));
  return { request: null, rejected, quarantined: [], hasLearned: false };
}
