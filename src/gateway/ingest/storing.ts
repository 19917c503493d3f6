/** From the sorted events of a request to its answer: append, quarantine, consent, each durable before the 200. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Appended, AppendRequest } from '#gateway/log/event-log.ts';
import type { Accepted, Intake, Rejected } from './accept.ts';
import { noteArrived } from './arrived.ts';
import type { IntakeOptions } from './intake.ts';
import { answerError, answerPartly, answerSuccess } from './respond.ts';
import type { IngestSource } from './source-index.ts';

export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly intake: Intake;
  readonly limitBytes: number;
  /** From the header; null where only the body can say. */
  readonly source: IngestSource | null;
  /** Its one event was counted against the limits before the body was read. */
  readonly isCharged: boolean;
}

/** A request whose body was understood. */
export interface Understood {
  readonly arrival: Arrival;
  readonly source: IngestSource;
  readonly receivedAt: number;
  /** Size as it came. */
  readonly wireBytes: number;
}

const noneAppended: Result<Appended> = ok({ seqs: [], accepted: 0, duplicate: 0 });
const noneQuarantined = ok({ stored: 0, duplicate: 0 });
const notStored = err(appError('INGEST_STORE_FAILED'));

/** Builds what stores the events of a request and answers it. */
export function createStoring(options: IntakeOptions): (from: Understood, accepted: Accepted) => void {
  const { log, meter, logger } = options;

  return function store(from, accepted) {
    const { request, rejected } = accepted;
    if (accepted.quarantined.length > 0 || accepted.hasLearned) return void storeAll(from, accepted);
    if (request !== null) return append(from, request, rejected);
    meter.ingest(from.source.id, { malformed: rejected.length }, from.wireBytes);
    from.source.account?.giveBack(rejected.length);
    options.limits?.bad(from.arrival.request.socket.remoteAddress ?? '', from.source.account);
    answerBad(from.arrival, rejected);
  };

  function append({ arrival, source, wireBytes }: Understood, request: AppendRequest, rejected: readonly Rejected[]): void {
    const settle = (result: Result<Appended>) => {
      const malformed = rejected.length;
      if (!result.ok) {
        meter.ingest(source.id, { refused: request.events.length, malformed }, wireBytes);
        source.account?.giveBack(request.events.length + malformed);
        return answerError(arrival.response, result.error);
      }
      const { accepted, duplicate } = result.value;
      meter.ingest(source.id, { accepted, duplicate, malformed, ...noteArrived(source, request, result.value) }, wireBytes);
      source.account?.giveBack(duplicate + malformed);
      if (malformed === 0) answerSuccess(arrival.response);
      else answerPartly(arrival.response, request.events.length, rejected);
    };
    log.append(request).then(settle, (error: unknown) => {
      logger.error({ err: error }, 'the log threw');
      settle({ ok: false, error: appError('INGEST_STORE_FAILED') });
    });
  }

  /** The longer way, where events go to the quarantine too, or consent must be durable first: acknowledged once all of it is. */
  async function storeAll({ arrival, source, receivedAt, wireBytes }: Understood, accepted: Accepted): Promise<void> {
    const { request, rejected, quarantined, hasLearned } = accepted;
    const stored = await Promise.all([
      request === null ? noneAppended : log.append(request),
      quarantined.length === 0 ? noneQuarantined : (options.quarantine?.(source.id, receivedAt, quarantined) ?? notStored),
      hasLearned ? (options.learned?.() ?? notStored) : ok(undefined),
    ]).catch((error: unknown) => {
      logger.error({ err: error }, 'storing events threw');
      return [notStored, notStored, notStored] as const;
    });
    const [appended, apart, learned] = stored;
    const counts = {
      accepted: appended.ok ? appended.value.accepted : 0,
      duplicate: (appended.ok ? appended.value.duplicate : 0) + (apart.ok ? apart.value.duplicate : 0),
      quarantined: apart.ok ? apart.value.stored : 0,
      refused: (appended.ok ? 0 : (request?.events.length ?? 0)) + (apart.ok ? 0 : quarantined.length),
      malformed: rejected.length,
    };
    const late = request !== null && appended.ok ? noteArrived(source, request, appended.value) : null;
    meter.ingest(source.id, { ...counts, ...late }, wireBytes);
    source.account?.giveBack(counts.duplicate + counts.refused + counts.malformed);
    // What was stored is stored; the sender repeats all of it, and the parts that are there are duplicates then.
    const failed = [appended, apart, learned].find((result) => !result.ok);
    if (failed !== undefined && !failed.ok) return answerError(arrival.response, failed.error);
    if (request === null && quarantined.length === 0) return answerBad(arrival, rejected);
    if (rejected.length === 0 && quarantined.length === 0) return answerSuccess(arrival.response);
    answerPartly(arrival.response, request?.events.length ?? 0, rejected, quarantined.length);
  }
}

function answerBad({ response }: Arrival, rejected: readonly Rejected[]): void {
  const [only] = rejected;
  if (only && rejected.length === 1) return answerError(response, only.error);
  answerError(
    response,
    appError('INGEST_EVENT_INVALID', { issues: [{ path: 'batch', message: 'No event of the batch is valid' }] }),
    rejected,
  );
}
