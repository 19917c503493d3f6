/**
 * Turns pending entries into requests, sends them, and turns answers into ends. Knows no log: what an
 * entry came to goes to `host.ended`.
 */
import type { ErrorClass } from '#contract/telemetry/tick.ts';
import type { EncodedRequest, Outcome } from '#gateway/connectors/connector.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { childOf, isSameTrace } from '#gateway/pipeline/trace-context.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import { Bag } from './bag.ts';
import type { Breaker } from './breaker.ts';
import { type Decision, decide, type RetryPolicy } from './decide.ts';
import type { LaneSpec, UsableCredential } from './lane-spec.ts';
import { Queue } from './queue.ts';
import type { LaneRules, RuledFate } from './rules.ts';
import type { Sender, Sending, Sent } from './sender.ts';
import type { End, Entry } from './window.ts';

/** One request under way. */
export interface Flight {
  readonly request: EncodedRequest;
  readonly entries: readonly Entry[];
  readonly credentialRevision: number;
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
  now(): number;
  random(): number;
  rules(): { readonly rules: LaneRules; readonly revision: number };
  credential(): UsableCredential | null;
  ended(entry: Entry, end: End): void;
  /** Nothing more may be sent before `atMs`. */
  pauseUntil(atMs: number): void;
  refuseCredential(detail: string, revision: number): void;
  /** The first byte of a request left at `at`. */
  sent(flight: Flight, at: number): void;
  /** A place became free. */
  wake(): void;
  bug(error: unknown): void;
}

export class Flights {
  readonly #host: FlightHost;
  readonly #sender: Sender;
  readonly #policy: RetryPolicy;
  readonly #batchSize: number;
  /** Entries in the order in which they came. */
  readonly pending = new Queue<Entry>();
  /** Sets that must travel as they are: halves of a refused batch, requests that found no place. */
  readonly #groups = new Queue<Entry[]>();
  readonly under = new Bag<Flight>();

  constructor(host: FlightHost, sender: Sender) {
    this.#host = host;
    this.#sender = sender;
    const { connector, destination } = host.spec;
    this.#policy = {
      maxAttempts: destination.delivery.maxAttempts,
      dedupe: connector.dedupe,
      onUncertain: destination.delivery.onUncertain,
    };
    this.#batchSize = Math.max(1, Math.min(destination.delivery.batchSize, connector.maxBatch));
  }

  get batchSize(): number {
    return this.#batchSize;
  }

  /** Empties what waits here; entries stay pending wherever they are durable. */
  clear(): Entry[] {
    return [...this.#groups.clear().flat(), ...this.pending.clear()];
  }

  /** Sends as much as places, breaker and batches allow. `readySince`: entries read before this may go in a batch that is not full. */
  dispatch(readySince: number): void {
    const { concurrency } = this.#host.spec.destination.delivery;
    while (this.under.size < concurrency && this.#host.breaker.allowance() > 0) {
      const entries = this.#nextEntries(readySince);
      if (entries.length === 0) return;
      const credential = this.#host.credential();
      if (!credential) return this.#groups.push(entries);
      this.#encodeAndFly(entries, credential, concurrency);
    }
  }

  #nextEntries(readySince: number): Entry[] {
    const group = this.#groups.take(1)[0];
    if (group) return this.#stillFlowing(group);
    while (this.pending.size > 0) {
      const oldest = this.pending.peek() as Entry;
      if (this.pending.size < this.#batchSize && oldest.record.receivedAt > readySince) return [];
      const entries = this.#stillFlowing(this.pending.take(this.#batchSize));
      if (entries.length > 0) return entries;
    }
    return [];
  }

  /** Ends what a switch decided since the entry was read. */
  #stillFlowing(entries: Entry[]): Entry[] {
    const { rules } = this.#host.rules();
    if (rules.isPlain) return entries;
    return entries.filter((entry) => {
      const fate = rules.fateOf(entry.record);
      if (fate !== 'flow') this.#host.ended(entry, endOfFate(fate));
      return fate === 'flow';
    });
  }

  #encodeAndFly(entries: Entry[], credential: UsableCredential, concurrency: number): void {
    const { connector, settings, endpoint } = this.#host.spec;
    const { allow } = this.#host.spec;
    const events = entries.map((entry) => (allow === null ? entry.record.event : allow(entry.record.event)));
    const encoded = connector.encode(events, { settings, endpoint, credential: credential.values, now: this.#host.now() });
    const byEvent =
      entries.length > 1 ? new Map<GatewayEvent, Entry>(entries.map((entry, index) => [events[index] as GatewayEvent, entry])) : null;
    const entryOfEvent = (event: GatewayEvent) => (byEvent ? byEvent.get(event) : entries[0]) as Entry;
    for (const { event, detail } of encoded.refused) this.#die(entryOfEvent(event), 'rejected', detail);
    for (const request of encoded.requests) {
      const members = byEvent ? request.events.map(entryOfEvent) : entries;
      if (this.under.size < concurrency && this.#host.breaker.allowance() > 0) this.#fly(request, members, credential.revision);
      else this.#groups.push(members);
    }
  }

  #fly(request: EncodedRequest, entries: Entry[], credentialRevision: number): void {
    const host = this.#host;
    const { revision } = host.rules();
    const flight: Flight = { request: traced(request), entries, credentialRevision, slot: 0, startedAt: 0, sending: null, onEnd: [] };
    const since = host.now();
    flight.sending = this.#sender.send(flight.request, {
      mayStart: () => {
        const now = host.rules();
        if ((revision !== now.revision || now.rules.isGated) && !this.#mayFly(entries)) return false;
        flight.startedAt = host.now();
        host.sent(flight, flight.startedAt);
        return true;
      },
      done: (sent) => {
        try {
          this.#land(flight, sent);
        } catch (error) {
          host.bug(error);
        }
      },
    });
    host.breaker.started();
    this.under.add(flight);
    for (const entry of entries) {
      entry.phase = 'flying';
      entry.flyingSince = since;
    }
  }

  #mayFly(entries: readonly Entry[]): boolean {
    const { rules } = this.#host.rules();
    return rules.parked === null && (rules.isPlain || entries.every((entry) => rules.fateOf(entry.record) === 'flow'));
  }

  #land(flight: Flight, sent: Sent): void {
    const host = this.#host;
    this.under.remove(flight);
    if (sent.kind === 'withdrawn') {
      host.breaker.withdrawn();
      for (const entry of flight.entries) entry.phase = 'pending';
      this.#groups.push([...flight.entries]);
      return host.wake();
    }
    const latencyMs = flight.startedAt > 0 ? host.now() - flight.startedAt : 0;
    if (flight.startedAt > 0) host.meter.request(host.spec.id, latencyMs, flight.request.body?.length ?? 0);
    const outcomes = this.#outcomes(flight, sent);
    host.breaker.finished(!outcomes.some(countsAgainstBreaker), latencyMs);
    for (const listener of flight.onEnd) listener(sent.kind === 'uncertain' ? 'uncertain' : 'drained');
    this.#apply(flight, outcomes);
    host.wake();
  }

  #outcomes(flight: Flight, sent: Exclude<Sent, { kind: 'withdrawn' }>): readonly Outcome[] {
    if (sent.kind === 'answer') {
      const outcomes = this.#host.spec.connector.classify(sent.response, flight.request);
      if (outcomes.length !== flight.entries.length)
        throw new Error(`${this.#host.spec.connector.id} gave ${outcomes.length} outcomes for ${flight.entries.length} events`);
      return outcomes;
    }
    const outcome: Outcome =
      sent.kind === 'uncertain' ? { kind: 'uncertain', detail: sent.detail } : { kind: 'retry', class: sent.class, detail: sent.detail };
    return flight.entries.map(() => outcome);
  }

  #apply(flight: Flight, outcomes: readonly Outcome[]): void {
    const halves: Entry[] = [];
    const delivered = new Map<string, { confirmed: number; accepted: number }>();
    for (const [index, entry] of flight.entries.entries()) {
      const outcome = outcomes[index] as Outcome;
      if (outcome.kind === 'bisect' && flight.entries.length > 1) {
        entry.phase = 'pending';
        halves.push(entry);
        continue;
      }
      const decision = decide(outcome, entry.attempt + 1, this.#policy, this.#host.random());
      this.#carryOut(entry, outcome, decision, delivered, flight.credentialRevision);
    }
    if (halves.length > 0) {
      const middle = Math.ceil(halves.length / 2);
      this.#groups.push(halves.slice(0, middle));
      if (halves.length > middle) this.#groups.push(halves.slice(middle));
    }
    for (const [source, counts] of delivered) this.#host.meter.delivered(this.#host.spec.id, source, counts.confirmed, counts.accepted);
  }

  #carryOut(
    entry: Entry,
    outcome: Outcome,
    decision: Decision,
    delivered: Map<string, { confirmed: number; accepted: number }>,
    credentialRevision: number,
  ): void {
    const host = this.#host;
    if (decision.to === 'confirmed' || decision.to === 'accepted') {
      const counts = delivered.get(entry.record.source) ?? { confirmed: 0, accepted: 0 };
      counts[decision.to]++;
      delivered.set(entry.record.source, counts);
      return host.ended(entry, { to: 'terminal', state: decision.to });
    }
    host.meter.failed(host.spec.id, errorClassOf(outcome), 1);
    if (decision.to === 'dead') return this.#die(entry, decision.class, decision.detail);
    if (outcome.kind === 'authHold') host.refuseCredential(outcome.detail, credentialRevision);
    if (outcome.kind === 'throttled') host.pauseUntil(host.now() + decision.delayMs);
    const attempt = entry.attempt + (decision.countsAttempt ? 1 : 0);
    const { seq, gen } = entry.record;
    host.ended(entry, {
      to: 'row',
      row: {
        seq,
        gen,
        state: 'retrying',
        attempt,
        dueAt: host.now() + decision.delayMs,
        class: decision.class,
        detail: decision.detail.slice(0, 300),
      },
    });
  }

  #die(entry: Entry, errorClass: string, detail: string): void {
    const { seq, gen } = entry.record;
    const row = {
      seq,
      gen,
      state: 'dead',
      attempt: entry.attempt + 1,
      dueAt: this.#host.now(),
      class: errorClass,
      detail: detail.slice(0, 300),
    } as const;
    this.#host.ended(entry, { to: 'row', row });
  }

  async close(): Promise<void> {
    await this.#sender.close();
  }
}

/** How an entry ends when a switch, not a vendor, decides. */
export function endOfFate(fate: RuledFate): End {
  if (fate === 'hold') return { to: 'held' };
  return { to: 'terminal', state: fate === 'drop' ? 'dropped' : 'suppressed' };
}

/** Hands the trace of its events on to the vendor, where all belong to one: a header can name no more. */
function traced(request: EncodedRequest): EncodedRequest {
  const trace = request.events[0]?.provenance?.trace;
  if (trace === undefined) return request;
  const isOne = request.events.every((event) => event.provenance?.trace !== undefined && isSameTrace(trace, event.provenance.trace));
  return isOne ? { ...request, headers: { ...request.headers, traceparent: childOf(trace) } } : request;
}

function countsAgainstBreaker(outcome: Outcome): boolean {
  return outcome.kind === 'retry' || outcome.kind === 'uncertain';
}

function errorClassOf(outcome: Outcome): ErrorClass {
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
