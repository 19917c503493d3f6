/** The central account of who came in, what was transferred, and what vendors answered that nobody hoped for. */

import type { AppError } from '#contract/errors.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { type AnswerBook, createAnswerBook, statusClasses } from '#gateway/security/answer-book.ts';
import { type AuthenticationBook, createAuthenticationBook, keyMark } from '#gateway/security/authentication-book.ts';
import { securityMetrics } from '#gateway/security/metrics.ts';
import type { MeterReader } from '#gateway/telemetry/meter.ts';
import type { Closing } from './closing.ts';
import type { Logger } from './logger.ts';

type Output<N extends keyof Operations> = Promise<Result<OutputOf<Operations[N]>>>;
type Input<N extends keyof Operations> = ParsedInputOf<Operations[N]>;

export interface NodeSecurity {
  /** The meter that lanes report to: it keeps account of answers as well. */
  readonly meter: MeterReader;
  /** For the control port: who came, and why they were refused. */
  onControl(error: AppError | null, by: string): void;
  /** For ingest: a key that belongs to no source. */
  onUnknownKey(key: string | null): void;
  /** Text for /metrics. */
  metrics(): string;
  readonly handlers: {
    'security.log'(input: Input<'security.log'>): Output<'security.log'>;
    'answers.read'(input: Input<'answers.read'>): Output<'answers.read'>;
  };
}

/** A line of log about each destination with traffic, ms. */
const volumeEveryMs = 60_000;

export function openSecurity(counted: MeterReader, isDestination: (id: string) => boolean, logger: Logger, closing: Closing): NodeSecurity {
  const authentications = createAuthenticationBook(Date.now, logger);
  const answers = createAnswerBook(Date.now);
  const meter: MeterReader = {
    ...counted,
    answered: answers.landed,
    retain(sources, destinations) {
      counted.retain(sources, destinations);
      answers.retain(destinations);
    },
  };
  const logVolumes = createVolumeLog(counted, answers, logger);
  const timer = setInterval(logVolumes, volumeEveryMs);
  closing.add(() => clearInterval(timer));
  return {
    meter,
    onControl: (error, by) =>
      authentications.note({ door: 'control', outcome: error === null ? 'accepted' : 'refused', code: error?.code ?? '', who: by }),
    onUnknownKey: (key) => authentications.note({ door: 'ingest', outcome: 'refused', code: 'INGEST_KEY_UNKNOWN', who: keyMark(key) }),
    metrics: () => securityMetrics(authentications, answers),
    handlers: handlersOf(authentications, answers, counted, isDestination),
  };
}

function handlersOf(
  authentications: AuthenticationBook,
  answers: AnswerBook,
  meter: MeterReader,
  isDestination: (id: string) => boolean,
): NodeSecurity['handlers'] {
  return {
    'security.log': async ({ limit }) => ok({ attempts: [...authentications.list(limit)], totals: { ...authentications.totals } }),
    async 'answers.read'({ destination, limit }) {
      if (!isDestination(destination)) return err(appError('DOCUMENT_NOT_FOUND', { kind: 'destination', id: destination }));
      const { requests, bytesOut } = sentTo(meter, destination);
      const counts = answers.counts().get(destination);
      const byStatus = Object.fromEntries(statusClasses.map((name) => [name, counts?.byStatus[name] ?? 0]));
      return ok({
        answers: [...answers.list(destination, limit)],
        transfer: { requests, bytesOut, bytesIn: counts?.bytesIn ?? 0, byStatus },
      });
    },
  };
}

function sentTo({ totals }: MeterReader, destination: string): { readonly requests: number; readonly bytesOut: number } {
  const sent = totals.destinations.get(destination);
  return { requests: sent?.durations.reduce((sum, count) => sum + count, 0) ?? 0, bytesOut: sent?.bytesOut ?? 0 };
}

/** Writes what was transferred since it was last called. */
function createVolumeLog(meter: MeterReader, answers: AnswerBook, logger: Logger): () => void {
  const before = new Map<string, { readonly requests: number; readonly bytesOut: number; readonly bytesIn: number }>();
  return () => {
    for (const [destination] of meter.totals.destinations) {
      const now = { ...sentTo(meter, destination), bytesIn: answers.counts().get(destination)?.bytesIn ?? 0 };
      const last = before.get(destination) ?? { requests: 0, bytesOut: 0, bytesIn: 0 };
      before.set(destination, now);
      const [requests, bytesOut, bytesIn] = [now.requests - last.requests, now.bytesOut - last.bytesOut, now.bytesIn - last.bytesIn];
      if (requests > 0) logger.info({ destination, requests, bytesOut, bytesIn, spanMs: volumeEveryMs }, 'transfer volume');
    }
    for (const id of before.keys()) if (!meter.totals.destinations.has(id)) before.delete(id);
  };
}
