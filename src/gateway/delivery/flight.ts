/** One request under way, what its lane offers it, and how its outcomes are read. */
import type { ErrorClass } from '#contract/telemetry/tick.ts';
import type { EncodedRequest, Outcome } from '#gateway/connectors/connector.ts';
import { childOf, isSameTrace } from '#gateway/pipeline/trace-context.ts';
import type { Landed } from '#gateway/security/answer-book.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import type { Breaker } from './breaker.ts';
import type { Route } from './endpoints/route.ts';
import type { Freshness } from './freshness.ts';
import type { LaneSpec, UsableCredential } from './lane-spec.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { LaneRules, RuledFate } from './rules.ts';
import type { Sending, Sent } from './sender.ts';
import type { Throttle } from './throttle.ts';
import type { End, Entry } from './window.ts';

/** One request under way. */
export interface Flight {
  readonly request: EncodedRequest;
  readonly entries: readonly Entry[];
  readonly credentialRevision: number;
  /** The endpoint that it goes to. */
  readonly route: Route;
  /** Its place among those under way. */
  slot: number;
  /** When its first byte left, epoch ms with fractions; 0 before. */
  startedAt: number;
  sending: Sending | null;
  /** Told once how it ended: a verdict came, or none. */
  readonly onEnd: ((end: 'drained' | 'uncertain') => void)[];
}

export interface FlightHost {
  readonly spec: LaneSpec;
  readonly meter: Meter;
  readonly breaker: Breaker;
  readonly throttle: Throttle;
  readonly budget: RetryBudget;
  readonly freshness: Freshness;
  now(): number;
  random(): number;
  rules(): { readonly rules: LaneRules; readonly revision: number };
  credential(): UsableCredential | null;
  ended(entry: Entry, end: End): void;
  /** Gives an entry to the destination that the rules say. */
  divert(entry: Entry): void;
  /** Makes a row that says that the entry is being sent; `Flights.reserved` is told when it is durable. */
  reserve(entry: Entry): void;
  /** Events are about to be encoded. */
  begin(): void;
  /** Nothing more may be sent before `atMs`. */
  pauseUntil(atMs: number): void;
  refuseCredential(detail: string, revision: number): void;
  /** The first byte of a request left at `at`. */
  sent(flight: Flight, at: number): void;
  /** A place became free. */
  wake(): void;
  bug(error: unknown): void;
  /** A bug that a single event brought out; the lane goes on. */
  report(error: unknown): void;
}

/** How an entry ends when a switch, not a vendor, decides. */
export function endOfFate(fate: Exclude<RuledFate, 'divert'>): End {
  if (fate === 'hold') return { to: 'held' };
  return { to: 'terminal', state: fate === 'drop' ? 'dropped' : 'suppressed' };
}

/** Hands the trace of its events on to the vendor, where all belong to one: a header can name no more. */
export function traced(request: EncodedRequest): EncodedRequest {
  const trace = request.events[0]?.provenance?.trace;
  if (trace === undefined) return request;
  const isOne = request.events.every((event) => event.provenance?.trace !== undefined && isSameTrace(trace, event.provenance.trace));
  return isOne ? { ...request, headers: { ...request.headers, traceparent: childOf(trace) } } : request;
}

/** Whether an outcome says that the vendor is in trouble, not the event or our credential. */
export function countsAgainstBreaker(outcome: Outcome): boolean {
  return outcome.kind === 'retry' || outcome.kind === 'uncertain';
}

/** How telemetry counts an outcome that is no delivery. */
export function errorClassOf(outcome: Outcome): ErrorClass {
  switch (outcome.kind) {
    case 'retry':
      return outcome.class;
    case 'throttled':
      return 'throttled';
    case 'authHold':
      return 'auth';
    case 'uncertain':
      return 'uncertain';
    case 'rejected':
    case 'bisect':
      return 'rejected';
    case 'delivered':
      throw new Error('a delivery is not an error');
  }
}

type Failed = Exclude<Outcome, { kind: 'delivered' }>;

/** What a request came to, for the account of answers: the first failure among its outcomes speaks for it. */
export function landedAs(sent: Sent, outcomes: readonly Outcome[], latencyMs: number): Landed {
  const failed = outcomes.find((outcome): outcome is Failed => outcome.kind !== 'delivered');
  const failure = failed === undefined ? null : { class: errorClassOf(failed), detail: failed.detail };
  return { answer: sent.kind === 'answer' ? sent.response : null, latencyMs, failure };
}
