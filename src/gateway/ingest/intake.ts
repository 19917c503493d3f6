/**
 * The way of one POST: whose key, may it send now, how large, unpack, parse, sort out, append,
 * answer. Callbacks and not promises up to the append: it is the hot path of the process.
 *
 * Counting (S1): each event lands in exactly one of accepted, duplicate, malformed, quarantined, throttled and refused.
 * A body that is turned away before it was read counts as one event of its source. What carries
 * no known key belongs to no source and is counted by `onUnattributed` only.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AppError, appError, httpStatus } from '#contract/errors.ts';
import type { Result } from '#contract/result.ts';
import type { EventLog, RouteId } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { parseTraceparent } from '#gateway/pipeline/trace-context.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import { accept, type Intake, type Quarantined } from './accept.ts';
import { type BodyEnd, MAX_BODY_BYTES, parseBody, readBody, unpack } from './body.ts';
import { isObject, MAX_EVENT_BYTES } from './check-event.ts';
import type { KeyAccount } from './limits/accounts.ts';
import type { IngestLimits } from './limits/limit-book.ts';
import { answerAndClose, answerError, declaredLength, decline } from './respond.ts';
import type { IngestSource, SourceIndex } from './source-index.ts';
import { type Arrival, createStoring } from './storing.ts';
import { createWriteKeyReader } from './write-key.ts';

/** Bytes of bodies being read at once; beyond it senders are asked to wait. */
const MAX_READING_BYTES = 64 * 1024 * 1024;

export interface IntakeOptions {
  readonly log: Pick<EventLog, 'append' | 'refusal'>;
  /** Asked for each request, so that a change of documents acts at once. */
  sources(): SourceIndex;
  /** The destinations of an event; `integrations` is Segment's object, from the event or its batch. */
  route(event: GatewayEvent, integrations: unknown): RouteId;
  /** Stores events apart; resolves once they are durable, with how many were there already. Absent where no plan can ask for it. */
  quarantine?(
    source: string,
    receivedAt: number,
    events: readonly Quarantined[],
  ): Promise<Result<{ readonly stored: number; readonly duplicate: number }>>;
  /** Resolves once all that was learned about people is durable. */
  learned?(): Promise<Result<void>>;
  readonly meter: Pick<Meter, 'ingest'>;
  /** Epoch ms. */
  now(): number;
  readonly logger: { error(details: object, message: string): void };
  /** A request that belongs to no source: no key, or an unknown one. */
  onUnattributed?(): void;
  /** A key that belongs to no source; null where a request carried none. */
  onUnknownKey?(key: string | null): void;
  /** Absent: no sender is turned away for what it sent before. */
  readonly limits?: IngestLimits | undefined;
}

export type IntakeHandler = (request: IncomingMessage, response: ServerResponse, intake: Intake, proceed?: () => void) => void;

/** Builds the handler of event posts. `proceed` asks a client that waits (Expect: 100-continue) for its body. */
export function createIntake(options: IntakeOptions): IntakeHandler {
  const readWriteKey = createWriteKeyReader();
  const take = createTaking(options);
  let readingBytes = 0;

  return function receive(request, response, intake, proceed) {
    const writeKey = readWriteKey(request.headers.authorization);
    const source = writeKey === null ? null : (options.sources().get(writeKey) ?? null);
    const isSingle = intake !== 'batch' && intake !== 'json';
    const limitBytes = isSingle ? MAX_EVENT_BYTES : MAX_BODY_BYTES;
    const arrival: Arrival = { request, response, intake, limitBytes, source, isCharged: isSingle && source !== null };
    if (source?.account) source.account.requests++;
    const error = gate(arrival, writeKey);
    if (error) return turnAway(arrival, error);
    if (isSingle && source?.account?.isLimited) source.account.charge(1);
    const declaredBytes = declaredLength(request);
    // Small bodies are bounded by the number of sockets; only what may be large draws on the budget.
    const reservedBytes = declaredBytes !== null && declaredBytes <= MAX_EVENT_BYTES ? 0 : (declaredBytes ?? limitBytes);
    readingBytes += reservedBytes;
    const release = () => {
      readingBytes -= reservedBytes;
    };
    proceed?.();
    const onEnd = (end: BodyEnd) => {
      release();
      if (end.kind === 'complete') unpackAndTake(arrival, end.body);
      else cutOff(arrival);
    };
    readBody(request, declaredBytes, limitBytes, onEnd, reservedBytes > 0 ? release : undefined);
  };

  /** Everything that can be said before the body is read. */
  function gate({ request, limitBytes, source }: Arrival, writeKey: string | null): AppError | null {
    const account = source?.account ?? null;
    if (options.limits && (account === null || options.limits.isGuarding)) {
      const away = options.limits.turnedAway(addressOf(request), account);
      if (away) return away;
    }
    if (source === null && writeKey !== null) {
      options.onUnknownKey?.(writeKey);
      return appError('INGEST_KEY_UNKNOWN');
    }
    if (source && !source.enabled) return appError('INGEST_SOURCE_DISABLED');
    const reached = account?.isLimited ? account.refusal() : null;
    if (reached) return reached;
    const length = declaredLength(request);
    if (length !== null && length > limitBytes) return appError('INGEST_BODY_TOO_LARGE', { limitBytes });
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'gzip' && encoding !== 'identity') return appError('INGEST_ENCODING_UNSUPPORTED');
    if (readingBytes > MAX_READING_BYTES) return appError('INGEST_OVERLOADED');
    return options.log.refusal();
  }

  function turnAway(arrival: Arrival, error: AppError): void {
    countFailed(options, arrival, error, 0);
    decline(arrival.request, arrival.response, error);
  }

  /** More came than is allowed. */
  function cutOff(arrival: Arrival): void {
    const error = appError('INGEST_BODY_TOO_LARGE', { limitBytes: arrival.limitBytes });
    countFailed(options, arrival, error, 0);
    answerAndClose(arrival.request, arrival.response, error);
  }

  function unpackAndTake(arrival: Arrival, received: Buffer): void {
    if (arrival.request.headers['content-encoding'] !== 'gzip') return take(arrival, received, received.length);
    unpack(received, arrival.limitBytes, (unpacked) => {
      if (unpacked.ok) take(arrival, unpacked.value, received.length);
      else fail(options, arrival, unpacked.error, received.length);
    });
  }
}

type Take = (arrival: Arrival, body: Buffer, wireBytes: number) => void;

/** From the unpacked body to the answer. */
function createTaking(options: IntakeOptions): Take {
  const { logger } = options;
  const store = createStoring(options);

  /** A bug here must not take the process down with everybody else's events: it answers 500 and says so. */
  return function guarded(arrival, body, wireBytes) {
    try {
      take(arrival, body, wireBytes);
    } catch (error) {
      logger.error({ err: error }, 'ingest hit a bug');
      fail(options, arrival, appError('GATEWAY_INTERNAL'), wireBytes);
    }
  };

  function take(arrival: Arrival, body: Buffer, wireBytes: number): void {
    const parsed = parseBody(body);
    if (!parsed.ok) return fail(options, arrival, parsed.error, wireBytes);
    const source = arrival.source ?? sourceInBody(parsed.value);
    if (!source) {
      options.onUnknownKey?.(keyInBody(parsed.value));
      return fail(options, arrival, appError('INGEST_KEY_UNKNOWN'), wireBytes);
    }
    const owned = arrival.source ? arrival : { ...arrival, source };
    if (!source.enabled) return fail(options, owned, appError('INGEST_SOURCE_DISABLED'), wireBytes);
    const receivedAt = options.now();
    const { account } = source;
    if (account) {
      if (!arrival.source) account.requests++;
      const events = eventsIn(arrival.intake, parsed.value);
      const reached = account.isLimited && !arrival.isCharged ? account.refusal() : null;
      if (reached) return fail(options, owned, reached, wireBytes, events);
      if (account.isLimited && !arrival.isCharged) account.charge(events);
      account.count(events, wireBytes, receivedAt);
    }
    const { traceparent } = arrival.request.headers;
    const trace = traceparent === undefined ? null : parseTraceparent(traceparent);
    const context = { source, receivedAt, trace, route: options.route, newMessageId: randomUUID };
    const accepted = accept(body, parsed.value, arrival.intake, context);
    store({ arrival: owned, source, receivedAt: context.receivedAt, wireBytes }, accepted);
  }

  function sourceInBody(json: unknown): IngestSource | undefined {
    const key = keyInBody(json);
    return key === null ? undefined : options.sources().get(key);
  }
}

/** Events of a body, good or bad. */
function eventsIn(intake: Intake, json: unknown): number {
  const events = intake === 'json' ? json : intake === 'batch' && isObject(json) ? json.batch : null;
  return Array.isArray(events) ? Math.max(1, events.length) : 1;
}

/** Answers a body that gave no event. `events`: how many it would have been. */
function fail(options: IntakeOptions, arrival: Arrival, error: AppError, wireBytes: number, events = 1): void {
  countFailed(options, arrival, error, wireBytes, events);
  if (!arrival.response.headersSent) answerError(arrival.response, error);
}

/** Where a request comes from; empty where that is not known any more. */
function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}

/** Counts what was turned away: our limits as `refused` or `throttled`, the sender's mistakes as `malformed`. */
function countFailed(options: IntakeOptions, arrival: Arrival, error: AppError, wireBytes: number, events = 1): void {
  const { source, request } = arrival;
  const status = httpStatus(error.code);
  const isOurs = error.code === 'INGEST_SOURCE_DISABLED' || status >= 500;
  const account: KeyAccount | null = source?.account ?? null;
  if (!isOurs && status !== 429) options.limits?.bad(addressOf(request), account);
  if (!source) return options.onUnattributed?.();
  account?.count(events, wireBytes, options.now());
  if (status === 429 && account) account.throttled += events;
  options.meter.ingest(source.id, isOurs ? { refused: events } : status === 429 ? { throttled: events } : { malformed: events }, wireBytes);
}

function keyInBody(json: unknown): string | null {
  return isObject(json) && typeof json.writeKey === 'string' ? json.writeKey : null;
}
