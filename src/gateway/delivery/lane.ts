/**
 * One destination's lane: takes work in, sends it, settles what it came to. Lanes share nothing that one
 * can exhaust: own connection pool, breaker, window, settle.
 *
 * Parked it reads nothing and its cursor stands; held (see stops.ts) it sends nothing; with its breaker open it sends
 * nothing until it probes, and consumes no attempts. What is in flight when it stops runs on to a verdict, or is aborted at the drain deadline.
 */
import type { SwitchScope } from '#contract/documents/switch.ts';
import type { LaneOpened } from '#gateway/log/event-log.ts';
import type { Breaker, Force } from './breaker.ts';
import { Concluding } from './concluding.ts';
import { deadlineOf } from './deadline.ts';
import { maxDeltaItems } from './delta.ts';
import { Diverter } from './diverter.ts';
import type { LaneEndpoints } from './endpoints/lane-endpoints.ts';
import { openEndpoints } from './endpoints/open-endpoints.ts';
import { expireOverdue } from './expiry.ts';
import { endOfFate, type Flight } from './flight.ts';
import { Flights } from './flights.ts';
import { createFlowMark, type FlowMark } from './flow-mark.ts';
import { createFreshness, type Freshness } from './freshness.ts';
import { Intake } from './intake.ts';
import type { LaneDeps } from './lane-deps.ts';
import { createLaneParts, type LaneParts } from './lane-parts.ts';
import { isAtMostOnce, type LaneSpec } from './lane-spec.ts';
import { type OrderBook, openOrder } from './order.ts';
import { createRates } from './rates.ts';
import { writeReservation } from './reserving.ts';
import type { RetryBudget } from './retry-budget.ts';
import { type LaneRules, type RuledFate, rulesBeforeDocuments, type Stop, scopeCovers } from './rules.ts';
import { Settling } from './settling.ts';
import { LaneStops } from './stops.ts';
import type { Throttle } from './throttle.ts';
import { createWindow, type End, type Entry, type LaneWindow, putAside, unreserve } from './window.ts';

const detachAfterMs = 1000;

export class Lane {
  readonly spec: LaneSpec;
  /** Since when it flows. */
  readonly flow: FlowMark;
  #hasBegun = false;
  readonly #order: ReturnType<typeof openOrder> | null;
  readonly #deps: LaneDeps;
  readonly #window: LaneWindow;
  readonly #flights: Flights;
  readonly endpoints: LaneEndpoints;
  readonly #intake: Intake;
  readonly #diverter: Diverter;
  /** What cannot be sent now may wait in memory, and keep the cursor. */
  #mayWait = true;
  readonly #settling: Settling;
  readonly concluding: Concluding;
  readonly #parts: LaneParts;
  readonly #freshness: Freshness;
  readonly #openedAt: number;
  readonly rates = createRates();
  /** Why it may not send, other than its breaker. */
  readonly stops: LaneStops;
  #woken = false;
  #closed = false;
  #isStanding = false;
  /** The last event whose first byte left. */
  lastSent: { readonly messageId: string; readonly at: number } | null = null;
  /** Told of every first byte; proofs count escapes with it. */
  readonly onSent = new Set<(flight: Flight, at: number) => void>();

  constructor(spec: LaneSpec, deps: LaneDeps, opened: LaneOpened) {
    this.spec = spec;
    this.#deps = deps;
    this.flow = createFlowMark(deps.now());
    this.#openedAt = opened.cursor;
    this.#window = createWindow(opened.cursor);
    this.stops = new LaneStops(deps, () => this.#settling.failing);
    const { delivery } = spec.destination;
    this.#parts = createLaneParts(spec, deps, opened);
    this.#freshness = createFreshness(deadlineOf(spec), deps.flowTime, deps.now, (entry, end) => this.#ended(entry, end));
    const offer = (entry: Entry) => this.#flights.pending.push(entry);
    this.#order = delivery.order === 'user' ? openOrder({ ...this.#base(), offer }, opened.retrying) : null;
    this.#settling = new Settling(this.#settlingHost(), opened);
    this.endpoints = openEndpoints(this.#endpointsHost(), this.#parts.breaker);
    this.#flights = new Flights(this.#flightHost(), this.endpoints, this.#parts.apart);
    const ended = (entry: Entry, end: End) => this.#ended(entry, end);
    this.#diverter = new Diverter({
      ...this.#base(),
      rules: () => this.stops.rules,
      epoch: () => this.epoch,
      ended,
      offer,
      gave: deps.gave,
    });
    this.#intake = new Intake(this.#intakeHost(), opened.nextRetryAt);
    const suppress = (entry: Entry) => this.#ended(entry, endOfFate('suppress'));
    this.concluding = new Concluding({
      ...this.#intakeHost(),
      settling: this.#settling,
      intake: this.#intake,
      flights: this.#flights,
      suppress,
    });
  }

  get order(): OrderBook | null {
    return this.#order?.book ?? null;
  }
  get breaker(): Breaker {
    return this.endpoints.breaker;
  }
  get throttle(): Throttle {
    return this.#parts.throttle;
  }
  /** How many of its events may be sent again. */
  get budget(): RetryBudget {
    return this.#parts.budget;
  }
  /** How many more of its events are encoded apart, because the process died on it; null where none is. */
  get apartFor(): number | null {
    return this.#parts.apart.left;
  }
  get rules(): LaneRules {
    return this.stops.rules;
  }
  get hold(): Stop | null {
    return this.stops.hold;
  }
  get counts(): Settling['counts'] {
    return this.#settling.counts;
  }
  /** Under which it owns its rows: whoever works on them from outside needs it. */
  get epoch(): number {
    return this.#settling.epoch;
  }

  get window(): LaneWindow {
    return this.#window;
  }
  get sockets(): number {
    return this.endpoints.sockets;
  }
  /** Its events go one by one, each encoded in a worker: the process died on it again and again. */
  get isApart(): boolean {
    return this.#flights.isApart;
  }
  /** Requests whose first byte left and that have no verdict yet. */
  flying(scope?: SwitchScope): readonly Flight[] {
    const under = this.#flights.under.all().filter((flight) => flight.startedAt > 0);
    if (!scope) return under;
    return under.filter((flight) =>
      flight.entries.some(({ record }) => scopeCovers(scope, this.spec.id, record.source, record.event.name)),
    );
  }

  /** In force when this returns: the next first byte asks these rules. */
  setRules(rules: LaneRules): void {
    this.stops.setRules(rules);
    this.#intake.rulesChanged();
    this.wake();
  }

  /** Takes note of rows that were changed from outside: by a replay, a discard, an edit. */
  rowsChanged(change: { readonly retrying: number; readonly dead: number }): void {
    this.#settling.countChange(change);
    if (change.retrying > 0) this.#intake.retryDueAt(this.#deps.now());
    this.wake();
  }

  /** What a person makes the breaker do; null gives it back. */
  force(force: Force | null): void {
    const { forced } = this.breaker;
    if (forced?.state === force?.state && forced?.at === force?.at) return;
    this.breaker.force(force);
    this.wake();
  }

  /** Looks at the credential again. */
  credentialChanged(): void {
    this.stops.readCredential();
    this.wake();
  }

  /** Runs the lane soon; many calls in one turn cost one run. */
  wake(): void {
    if (this.#woken || this.#closed) return;
    this.#woken = true;
    queueMicrotask(() => {
      this.#woken = false;
      this.pump();
    });
  }

  /** One step: as much as can be done now without waiting. Also called by the heartbeat. */
  pump(): void {
    if (this.#closed) return;
    try {
      this.#advance();
      if (this.stops.isStill) this.#standStill();
      else this.#run();
      this.#settling.settleIfDue();
    } catch (error) {
      this.#stopByBug(error);
    }
  }

  /** A bug stops this lane alone, loudly and until the process starts anew: no vendor may take another down. */
  #stopByBug(error: unknown): void {
    this.stops.byBug();
    this.#deps.bug(error);
  }

  #run(): void {
    this.#isStanding = false;
    const { delivery } = this.spec.destination;
    const room = Math.min(maxDeltaItems, Math.max(2 * this.#flights.pending.batchSize, 2 * delivery.concurrency));
    const now = this.#deps.now();
    const maySend = this.hold === null && now >= this.stops.pausedUntil && this.breaker.allowance() > 0;
    this.#letPass(maySend || !this.stops.rules.endsUnsent);
    this.#intake.fill(room, maySend || this.stops.rules.endsUnsent);
    if (maySend) this.#flights.dispatch(now - delivery.batchWaitMs);
    const { asideThrough } = this.endpoints;
    if (asideThrough !== null) this.#flights.putUnknownAside(asideThrough);
    this.#advance();
  }

  /** Where later events end without a send, what cannot be sent now is put aside, and taken up again once it can. */
  #letPass(mayWait: boolean): void {
    if (mayWait && !this.#mayWait) this.#intake.rulesChanged();
    this.#mayWait = mayWait;
    if (!mayWait) for (const entry of this.#flights.pending.takeFromLog()) this.#ended(entry, endOfFate('hold'));
  }

  #advance(): void {
    const now = this.#deps.now();
    const { delta } = this.#settling;
    const room = maxDeltaItems - delta.items;
    if (room <= 0) return;
    const { timeoutMs } = this.spec.destination.delivery;
    const dueAt = now + timeoutMs + detachAfterMs;
    for (const entry of this.#window.advance(delta, maxDeltaItems, { now, blockedBefore: now - detachAfterMs, dueAt })) {
      this.#intake.take(this.#intake.keyOf(entry) as string, entry.record.bytes);
      if (entry.isReserved) this.#settling.reserves(entry);
    }
  }

  /** Parked or held: what waits in memory goes back to where it is durable. */
  #standStill(): void {
    if (this.#isStanding || !this.#flights.isIdle || !this.#diverter.isIdle) return;
    this.#isStanding = true;
    const inMemory = this.#flights.pending.clear();
    const now = this.#deps.now();
    this.#window.standStill(this.#settling.delta, now);
    inMemory.push(...(this.order?.standStill(this.#window.cursor) ?? []));
    for (const entry of inMemory) unreserve(entry, this.#settling.delta, now);
    this.#intake.release(inMemory.flatMap((entry) => this.#intake.keyOf(entry) ?? []));
    this.#intake.rulesChanged();
    this.#intake.retryDueAt(now);
  }

  #ended(entry: Entry, how: End): void {
    const end = how.to === 'held' && entry.record.gen > 0 ? putAside(entry, this.#deps.now()) : how;
    const key = this.#intake.keyOf(entry);
    if (key !== null) this.#settling.ends(key);
    else this.rates.ended(end.to === 'terminal' && (end.state === 'confirmed' || end.state === 'accepted'));
    this.#window.finish(entry, end, this.#settling.delta);
    if (end.to !== 'row' || end.row.state === 'dead') this.order?.settled(entry);
  }

  /** Once a second: takes the rates, and expires what is over the holding limits. */
  everySecond(): void {
    if (this.#closed) return;
    const { events, bytes } = this.#deps.log.backlog(this.spec.id);
    this.rates.sample(events, bytes);
    this.throttle.everySecond();
    this.endpoints.reconsider();
    const isFlowing = this.stops.mayFly && this.breaker.state !== 'open';
    this.#freshness.everySecond(isFlowing);
    if (isFlowing) this.order?.flowed(1000);
    this.#flights.endOverdue();
    expireOverdue(
      this.spec,
      { ...this.#deps, mayExpireByAge: this.#freshness.mayExpireBacklog },
      this.#window,
      (entry) => this.#ended(entry, { to: 'terminal', state: 'expired' }),
      () => this.wake(),
    );
  }

  /** Lets flights end (aborting them at `deadlineMs`), settles, releases the pool. */
  async close(deadlineMs: number): Promise<void> {
    this.stops.setRules(rulesBeforeDocuments(this.#deps.now()));
    const deadline = setTimeout(() => {
      for (const flight of this.#flights.under.all()) flight.sending?.abort();
    }, deadlineMs);
    for (const flight of this.#flights.under.all()) if (flight.startedAt === 0) flight.sending?.abort();
    await Promise.all([this.#flights.stopApart(), this.#diverter.stop()]);
    while (!this.#flights.isIdle) await new Promise((resolve) => setTimeout(resolve, 5));
    clearTimeout(deadline);
    this.#standStill();
    this.#closed = true;
    await this.#settling.close();
    await this.#flights.close();
  }

  #base() {
    const { log, now } = this.#deps;
    return { destination: this.spec.id, log, now, wake: () => this.wake(), bug: (error: unknown) => this.#stopByBug(error) };
  }

  #endpointsHost() {
    const { start, notes, now, consentGate, endpointChanged, moveTo } = this.#deps;
    return {
      spec: this.spec,
      ...{ start, notes, now, consentGate, endpointChanged, moveTo },
      cursor: () => this.#window.cursor,
      mayProbe: () => (this.#closed || !this.stops.mayFly ? null : this.stops.readCredential()),
      used: () => this.endpointUsed(),
    };
  }

  /** Another endpoint is in use: what waited for it is looked at again. */
  endpointUsed(): void {
    this.#intake.rulesChanged();
    this.wake();
  }

  #settlingHost() {
    return {
      ...this.#base(),
      settleEveryMs: this.#deps.settleEveryMs,
      cursor: () => this.#window.cursor,
      settled: (ending: readonly string[], reserved: readonly Entry[], dueAt: number | null) => {
        this.#intake.settled(ending, dueAt);
        for (const entry of reserved) this.#flights.pending.reserved(entry);
      },
    };
  }

  /** Once a run: from here on the death of the process may be this lane's doing. */
  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#deps.notes.begin(this.spec.id, this.#openedAt);
  }

  #flightHost() {
    const { meter, random, now } = this.#deps;
    return {
      ...this.#base(),
      spec: this.spec,
      meter,
      ...this.#parts,
      freshness: this.#freshness,
      random,
      rules: () => this.stops,
      credential: () => this.stops.readCredential(),
      ended: (entry: Entry, end: End) => {
        if (end.to === 'terminal' && end.state === 'dropped') meter.dropped(this.spec.id, 1);
        this.#ended(entry, end);
      },
      divert: (entry: Entry) => this.#diverter.take(entry),
      reserve: (entry: Entry) => writeReservation(entry, this.#intake, this.#settling, now()),
      begin: () => this.#begin(),
      report: this.#deps.bug,
      pauseUntil: (atMs: number) => this.stops.pauseUntil(atMs),
      refuseCredential: (detail: string, revision: number) => {
        this.#deps.refuseCredential(detail, revision);
        this.stops.readCredential();
      },
      sent: (flight: Flight, at: number) => {
        this.lastSent = { messageId: flight.entries[0]?.record.messageId ?? '', at };
        for (const listener of this.onSent) listener(flight, at);
      },
    };
  }

  #intakeHost() {
    return {
      ...this.#base(),
      window: this.#window,
      budget: this.#parts.budget,
      freshness: this.#freshness,
      rules: () => this.stops.rules,
      isReady: () => this.#diverter.isReady && (this.#order?.isKnown() ?? true),
      isAway: (seq: number) => this.#diverter.isAway(seq),
      mayWait: () => this.#mayWait,
      pendingCount: () => this.#flights.pending.size,
      giveUp: isAtMostOnce(this.spec) ? (entry: Entry) => this.#flights.giveUp(entry) : null,
      offer: (entry: Entry) => (this.order ? this.order.admit(entry) : this.#flights.pending.push(entry)),
      settleByRule: (entry: Entry, fate: RuledFate) => {
        if (fate === 'drop') this.#deps.meter.dropped(this.spec.id, 1);
        if (fate === 'divert') this.#diverter.take(entry);
        else this.#ended(entry, endOfFate(fate));
      },
    };
  }
}
