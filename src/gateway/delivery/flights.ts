/**
 * Turns pending entries into requests, sends them, and turns answers into ends. Knows no log: what an
 * entry came to goes to `host.ended`.
 */
import type { Encoded, EncodedRequest, Outcome } from '#gateway/connectors/connector.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { Apart } from './apart.ts';
import { Bag } from './bag.ts';
import { type Decision, decide, type RetryPolicy } from './decide.ts';
import { endOfUnknown, fitting } from './endpoints/aside.ts';
import type { LaneEndpoints } from './endpoints/lane-endpoints.ts';
import type { Route } from './endpoints/route.ts';
import { countsAgainstBreaker, errorClassOf, type Flight, type FlightHost, landedAs, traced } from './flight.ts';
import type { Isolated } from './isolation.ts';
import type { UsableCredential } from './lane-spec.ts';
import { outcomesOf } from './outcomes-of.ts';
import { Pending } from './pending.ts';
import type { Sent } from './sender.ts';
import type { Entry } from './window.ts';

/** Bytes of request bodies under way. One request always may. */
const maxFlyingBytes = 8 * 1024 * 1024;
/** Events in a row that a connector cannot encode before it is the connector that is broken, not the events. */
const maxPoisonInRow = 20;
/** A request that is not over this long after its time, ms, is ended here: an answer that drips for ever must not keep its place. */
const overdueMs = 1000;

export class Flights {
  readonly #host: FlightHost;
  readonly #endpoints: LaneEndpoints;
  readonly #policy: RetryPolicy;
  readonly pending: Pending;
  readonly under = new Bag<Flight>();
  #flyingBytes = 0;
  #poisonInRow = 0;
  readonly #apart: Apart;

  constructor(host: FlightHost, endpoints: LaneEndpoints, apart: Apart) {
    this.#host = host;
    this.#endpoints = endpoints;
    this.#apart = apart;
    this.pending = new Pending(host, () => apart.isOn);
    const { connector, destination } = host.spec;
    this.#policy = {
      maxAttempts: destination.delivery.maxAttempts,
      dedupe: connector.dedupe,
      onUncertain: destination.delivery.onUncertain,
    };
  }

  /** Nothing flies and nothing is about to. */
  get isIdle(): boolean {
    return this.under.size === 0 && !this.#apart.isBusy;
  }
  get isApart(): boolean {
    return this.#apart.isOn;
  }

  /** Ends requests whose answer drips or that hang beyond their time; their events are uncertain. */
  endOverdue(): void {
    const startedBefore = this.#host.now() - this.#host.spec.destination.delivery.timeoutMs - overdueMs;
    for (const flight of this.under.all()) if (flight.startedAt > 0 && flight.startedAt < startedBefore) flight.sending?.abort();
  }

  /** Sends as much as places, breaker and batches allow. `readySince`: entries read before this may go in a batch that is not full. */
  dispatch(readySince: number): void {
    while (this.#mayFlyMore()) {
      const entries = this.pending.next(readySince);
      if (entries.length === 0) return;
      const credential = this.#host.credential();
      const route = this.#endpoints.next();
      if (!credential || !route) return this.pending.setAside(entries);
      const fit = fitting(entries, route, this.#endpoints, this.#host);
      if (fit.length === 0) continue;
      this.#host.begin();
      if (this.#apart.isOn) return this.#encodeApart(fit, credential, route);
      this.#encodeAndFly(fit, credential, route);
    }
  }

  /** Puts aside what may have been in flight when the process died, up to a seq. */
  putUnknownAside(throughSeq: number): void {
    for (const entry of this.pending.clear()) {
      if (entry.record.seq > throughSeq) this.pending.push(entry);
      else this.#host.ended(entry, endOfUnknown(entry, this.#endpoints, this.#host.now()));
    }
  }

  #mayFlyMore(): boolean {
    const { breaker, throttle, spec } = this.#host;
    return (
      this.under.size < spec.destination.delivery.concurrency &&
      !this.#apart.isBusy &&
      (this.#flyingBytes < maxFlyingBytes || this.under.size === 0) &&
      breaker.allowance() > 0 &&
      throttle.allowance() >= 1
    );
  }

  /** Encodes one event in the worker, and sends it when it comes back whole. */
  #encodeApart(entries: Entry[], credential: UsableCredential, route: Route): void {
    const host = this.#host;
    const [entry, ...rest] = entries as [Entry, ...Entry[]];
    if (rest.length > 0) this.pending.setAside(rest);
    const { connector, settings, allow } = host.spec;
    const event = allow === null ? entry.record.event : allow(entry.record.event);
    const job = { connector: connector.id, settings, endpoint: route.url, credential: credential.values, now: host.now() };
    const done = (isolated: Isolated) => {
      if (isolated.kind === 'encoded' && host.rules().rules.parked === null && this.pending.stillFlowing([entry]).length > 0) {
        for (const { detail } of isolated.encoded.refused) this.#die(entry, 'rejected', detail);
        for (const request of isolated.encoded.requests) this.#fly(request, [entry], credential, route);
      } else if (isolated.kind === 'poison') this.#die(entry, 'poison', `${isolated.detail}; the gateway died on this lane before`);
      else if (entry.phase === 'pending') this.pending.setAside([entry]);
      host.wake();
    };
    this.#apart.encode(event, job, done).catch(host.bug);
  }

  /** The connector threw: halves until the event is alone that it cannot take. */
  #encodeFailed(entries: readonly Entry[], error: unknown): void {
    this.#host.report(error);
    if (entries.length > 1) return this.pending.setAsideInHalves(entries);
    if (++this.#poisonInRow >= maxPoisonInRow) throw error;
    const name = error instanceof Error ? error.name : 'an exception';
    for (const entry of entries) this.#die(entry, 'poison', `the connector fails on it: ${name}`);
  }

  #encodeAndFly(entries: Entry[], credential: UsableCredential, route: Route): void {
    const { connector, settings, allow } = this.#host.spec;
    const events = entries.map((entry) => (allow === null ? entry.record.event : allow(entry.record.event)));
    const context = { settings, endpoint: route.url, credential: credential.values, now: this.#host.now() };
    let encoded: Encoded;
    try {
      encoded = connector.encode(events, context);
      this.#poisonInRow = 0;
    } catch (error) {
      return this.#encodeFailed(entries, error);
    }
    const byEvent =
      entries.length > 1 ? new Map<GatewayEvent, Entry>(entries.map((entry, index) => [events[index] as GatewayEvent, entry])) : null;
    const entryOfEvent = (event: GatewayEvent) => (byEvent ? byEvent.get(event) : entries[0]) as Entry;
    for (const { event, detail } of encoded.refused) this.#die(entryOfEvent(event), 'rejected', detail);
    for (const request of encoded.requests) {
      const members = byEvent ? request.events.map(entryOfEvent) : entries;
      if (this.#mayFlyMore()) this.#fly(request, members, credential, route);
      else this.pending.setAside(members);
    }
  }

  #fly(request: EncodedRequest, entries: Entry[], credential: UsableCredential, route: Route): void {
    const host = this.#host;
    const { revision } = host.rules();
    const flight: Flight = {
      request: traced(request),
      entries,
      credentialRevision: credential.revision,
      route,
      slot: 0,
      startedAt: 0,
      sending: null,
      onEnd: [],
    };
    const since = host.now();
    flight.sending = route.send(flight.request, credential, {
      mayStart: () => {
        const now = host.rules();
        if ((revision !== now.revision || now.rules.isGated) && !this.#mayFly(entries)) return false;
        if (!this.#endpoints.isUsable(route) || (route.gate && !this.#mayGoTo(route, entries))) return false;
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
    route.breaker.started();
    host.throttle.use(entries.length);
    this.under.add(flight);
    this.#flyingBytes += request.body?.length ?? 0;
    let first = 0;
    for (const entry of entries) {
      entry.phase = 'flying';
      entry.flyingSince = since;
      entry.flyingTo = route.domain;
      if (entry.attempt === 0) first++;
    }
    host.budget.sentFirst(first);
  }

  #mayFly(entries: readonly Entry[]): boolean {
    const { rules } = this.#host.rules();
    return rules.parked === null && (rules.isPlain || entries.every((entry) => rules.fateOf(entry.record) === 'flow'));
  }

  #mayGoTo(route: Route, entries: readonly Entry[]): boolean {
    return entries.every((entry) => this.#endpoints.waitOf(entry, route) === null);
  }

  #land(flight: Flight, sent: Sent): void {
    const host = this.#host;
    const { breaker } = flight.route;
    this.under.remove(flight);
    this.#flyingBytes -= flight.request.body?.length ?? 0;
    if (sent.kind === 'withdrawn') {
      breaker.withdrawn();
      for (const entry of flight.entries) {
        entry.phase = 'pending';
        entry.flyingTo = null;
      }
      this.pending.setAside(flight.entries);
      return host.wake();
    }
    const landedAt = host.now();
    const latencyMs = flight.startedAt > 0 ? landedAt - flight.startedAt : 0;
    if (flight.startedAt > 0) host.meter.request(host.spec.id, latencyMs, flight.request.body?.length ?? 0);
    const outcomes = outcomesOf(flight, sent, host);
    host.meter.answered?.(host.spec.id, landedAs(sent, outcomes, latencyMs));
    const isGood = !outcomes.some(countsAgainstBreaker);
    breaker.finished(isGood, latencyMs, landedAt);
    this.#endpoints.answered(flight.route, isGood);
    for (const listener of flight.onEnd) listener(sent.kind === 'uncertain' ? 'uncertain' : 'drained');
    this.#apply(flight, outcomes);
    host.wake();
  }

  #apply(flight: Flight, outcomes: readonly Outcome[]): void {
    const halves: Entry[] = [];
    const delivered = new Map<string, { confirmed: number; accepted: number }>();
    for (const [index, entry] of flight.entries.entries()) {
      const outcome = outcomes[index] as Outcome;
      entry.flyingTo = null;
      if (outcome.kind === 'uncertain') entry.domain ??= flight.route.domain;
      if (outcome.kind === 'bisect' && flight.entries.length > 1) {
        entry.phase = 'pending';
        halves.push(entry);
        continue;
      }
      const decision = decide(outcome, entry.attempt + 1, this.#policy, this.#host.random());
      this.#carryOut(entry, outcome, decision, delivered, flight);
    }
    if (halves.length > 0) this.pending.setAsideInHalves(halves);
    for (const [source, counts] of delivered) this.#host.meter.delivered(this.#host.spec.id, source, counts.confirmed, counts.accepted);
  }

  #carryOut(
    entry: Entry,
    outcome: Outcome,
    decision: Decision,
    delivered: Map<string, { confirmed: number; accepted: number }>,
    { credentialRevision, startedAt: sentAt }: Flight,
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
    if (outcome.kind === 'throttled') {
      host.throttle.complained(sentAt);
      host.pauseUntil(host.now() + decision.delayMs);
    }
    const domain = this.#endpoints.domainOf(entry);
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
        ...(domain === null ? {} : { domain }),
      },
    });
  }

  /** What was being sent when the process ended: the vendor may have it, and must not get it twice. */
  giveUp(entry: Entry): void {
    this.#die(entry, 'uncertain', 'was being sent when the gateway stopped: the vendor may have it');
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

  /** Takes back what is encoded apart; it is pending again. */
  async stopApart(): Promise<void> {
    await this.#apart.close();
  }

  async close(): Promise<void> {
    await this.#apart.close();
    await this.#endpoints.close();
  }
}
