/**
 * From a parsed body to what the log stores: which events are good, which are not and why, and the
 * bytes to keep. Pure but for message ids that the sender left out.
 *
 * The received bytes are stored as they are wherever they may be; only a body that must not be kept
 * as it came (a made message id, a bad event among good ones, a mapping) is written anew.
 */
import { type AppError, appError } from '#contract/errors.ts';
import type { AppendEvent, AppendRequest, RouteId } from '#gateway/log/event-log.ts';
import type { EventType, GatewayEvent } from '#gateway/pipeline/event.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { blankWriteKey } from './blank-write-key.ts';
import { checkEvent, type EventJson, invalid, isObject, MAX_EVENT_BYTES, shapeError } from './check-event.ts';
import type { IngestSource } from './source-index.ts';

/** Segment's own limit. */
export const MAX_BATCH_EVENTS = 2500;

/** What an endpoint takes: one event of a type, a batch, or plain JSON with the source's mapping. */
export type Intake = EventType | 'batch' | 'json';

export interface AcceptContext {
  readonly source: IngestSource;
  /** Epoch ms. */
  readonly receivedAt: number;
  route(event: GatewayEvent, integrations: unknown): RouteId;
  newMessageId(): string;
}

export interface Rejected {
  /** Position in the batch; 0 for a single event. */
  readonly index: number;
  readonly error: AppError;
}

export interface Accepted {
  /** Null where no event is good. */
  readonly request: AppendRequest | null;
  readonly rejected: readonly Rejected[];
}

/** Sorts out one body. Every event of it is either in `request` or in `rejected`. */
export function accept(body: Buffer, json: unknown, intake: Intake, context: AcceptContext): Accepted {
  if (intake === 'json') return acceptPlain(body, json, context);
  if (intake === 'batch') return acceptBatch(body, json, context);
  return acceptSingle(body, json, intake, context);
}

function acceptSingle(body: Buffer, json: unknown, type: EventType, context: AcceptContext): Accepted {
  if (body.length > MAX_EVENT_BYTES) return none(appError('INGEST_BODY_TOO_LARGE', { limitBytes: MAX_EVENT_BYTES }));
  const checked = checkEvent(json, type);
  if (!checked.ok) return none(checked.error);
  const messageId = checked.messageId ?? context.newMessageId();
  const event = eventOf(checked.json, checked.type, messageId, -1, undefined, context);
  const asReceived = checked.messageId !== null && (!Object.hasOwn(checked.json, 'writeKey') || blankWriteKey(body, checked.json.writeKey));
  return { request: requestOf(asReceived ? body : encode(clean(checked.json, messageId)), [event], context), rejected: [] };
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

function acceptMany(body: Buffer, batch: readonly unknown[], envelope: EventJson, context: AcceptContext, rewrite: boolean): Accepted {
  const events: AppendEvent[] = [];
  const rejected: Rejected[] = [];
  /** Set once the body cannot be stored as received: the good events, cleaned. */
  let rewritten: EventJson[] | null = rewrite ? [] : null;
  for (let index = 0; index < batch.length; index++) {
    const checked = checkEvent(batch[index], null);
    if (!checked.ok) {
      rejected.push({ index, error: checked.error });
      rewritten ??= cleanAll(batch, events);
      continue;
    }
    const { json, type } = checked;
    const messageId = checked.messageId ?? context.newMessageId();
    if (rewritten === null && (checked.messageId === null || Object.hasOwn(json, 'writeKey'))) rewritten = cleanAll(batch, events);
    events.push(eventOf(json, type, messageId, rewritten === null ? index : rewritten.length, envelope, context));
    rewritten?.push(clean(json, messageId));
  }
  if (events.length === 0) return { request: null, rejected };
  const asReceived = rewritten === null && (!Object.hasOwn(envelope, 'writeKey') || blankWriteKey(body, envelope.writeKey));
  const { writeKey: _writeKey, ...kept } = envelope;
  const stored = asReceived ? body : encode({ ...kept, batch: rewritten ?? batch });
  return { request: requestOf(stored, events, context), rejected };
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
  context: AcceptContext,
): AppendEvent {
  const event = toGatewayEvent(json, { source: context.source.id, receivedAt: context.receivedAt, type, messageId, shared });
  return { messageId, type, route: context.route(event, json.integrations ?? shared?.integrations), element, event };
}

function clean(json: EventJson, messageId: string): EventJson {
  const { writeKey: _writeKey, ...rest } = json;
  return { ...rest, messageId };
}

function encode(json: EventJson): Buffer {
  return Buffer.from(JSON.stringify(json));
}

function requestOf(body: Buffer, events: readonly AppendEvent[], context: AcceptContext): AppendRequest {
  return { source: context.source.id, receivedAt: context.receivedAt, body, events };
}

function none(error: AppError): Accepted {
  return { request: null, rejected: [{ index: 0, error }] };
}

/** One fault that spoils every event; an empty batch counts as one. */
function all(count: number, error: AppError): Accepted {
  return { request: null, rejected: Array.from({ length: Math.max(1, count) }, (_, index) => ({ index, error })) };
}
