/**
 * One destination's lane: takes work in, sends it, settles what it came to. Lanes share nothing that one
 * can exhaust: own connection pool, breaker, window, settle.
 *
 * Who may stop it, and what then stands still:
 *   rules.parked  a person, the hold file or a start flag: reads nothing, sends nothing, cursor stands
 *   hold          the system (no credential, refused, store failing): sends nothing
 *   breaker       too many failures: sends nothing until it probes; consumes no attempts
 *   pausedUntil   the vendor throttles
 * What is in flight when it stops runs on to a verdict, or is aborted at the drain deadline.
 */

import type { SwitchScope } from '#contract/documents/switch.ts';
import type { EventLog, LaneOpened } from '#gateway/log/event-log.ts';
import { SettleRefused } from '#gateway/log/settle-refused.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import { type Breaker, breakerDefaults, createBreaker } from './breaker.ts';
import { createDelta, type DeltaBuilder, maxDeltaItems } from './delta.ts';
import { expireOverdue } from './expiry.ts';
import { endOfFate, type Flight, Flights } from './flights.ts';
import { Intake } from './intake.ts';
import { type CredentialReading, type LaneSpec, originOf, type UsableCredential } from './lane-spec.ts';
import { createRates } from './rates.ts';
import { type LaneRules, type RuledFate, rulesBeforeDocuments, type Stop, scopeCovers } from './rules.ts';
import { createSender, type Sender } from './sender.ts';
import { createWindow, type End, type Entry, type LaneWindow } from './window.ts';

export interface LaneDeps {
  readonly log: EventLog;
  readonly meter: Meter;
  now(): number;
  random(): number;
  /** How often it writes down what came of its events, ms. */
  settleEveryMs(): number;
  credential(): CredentialReading;
  refuseCredential(detail: string, revision: number): void;
  /** A bug or a lost lane: never expected. */
  bug(error: unknown): void;
}

const settleAt = 1000;
const detachAfterMs = 1000;
const settleRetryMs = 1000;

export class Lane {
  readonly spec: LaneSpec;
  readonly breaker: Breaker;
  /** Epoch ms since when it flows, as last noted; meaningless while it does not. */
  flowingSince: number;
  #wasFlowing = true;
  readonly #deps: LaneDeps;
  readonly #epoch: number;
  readonly #window: LaneWindow;
  readonly #flights: Flights;
  readonly #sender: Sender;
  readonly #intake: Intake;
  readonly counts: { retrying: number; dead: number; held: number };
  readonly rates = createRates();
  #delta: DeltaBuilder = createDelta();
  /** Keys whose end lies in the present delta. */
  #ending: string[] = [];
  #settling: Promise<void> | null = null;
  #settledCursor: number;
  #settledAt = 0;
  #rules: LaneRules;
  #revision = 0;
  #hold: Stop | null = null;
  #storeFailing: Stop | null = null;
  #bug: Stop | null = null;
  #pausedUntil = 0;
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
    this.flowingSince = deps.now();
    this.#epoch = opened.epoch;
    this.counts = { retrying: opened.retrying, dead: opened.dead, held: opened.held };
    this.#settledCursor = opened.cursor;
    this.#window = createWindow(opened.cursor);
    this.#rules = rulesBeforeDocuments(deps.now());
    const { concurrency, timeoutMs } = spec.destination.delivery;
    this.breaker = createBreaker({ ...breakerDefaults, slowMs: timeoutMs * 0.8 }, deps.now);
    this.#sender = createSender({ origin: originOf(spec.endpoint), connections: concurrency, timeoutMs });
    this.#flights = new Flights(this.#flightHost(), this.#sender);
    this.#intake = new Intake(this.#intakeHost(), opened.nextRetryAt);
  }

  get rules(): LaneRules {
    return this.#rules;
  }
  get hold(): Stop | null {
    return this.#bug ?? this.#storeFailing ?? this.#hold;
  }
  get window(): LaneWindow {
    return this.#window;
  }
  get sockets(): number {
    return this.#sender.sockets;
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
    this.#rules = rules;
    this.#revision++;
    this.#intake.rulesChanged();
    this.wake();
  }

  /** Keeps `flowingSince` true; called with each reading. */
  noteFlow(isFlowing: boolean, now: number): void {
    if (isFlowing && !this.#wasFlowing) this.flowingSince = now;
    this.#wasFlowing = isFlowing;
  }

  /** Looks at the credential again. */
  credentialChanged(): void {
    this.#readCredential();
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
      if (this.#rules.parked || (this.hold && !this.#rules.dropping)) this.#standStill();
      else this.#run();
      this.#settleIfDue();
    } catch (error) {
      this.#stopByBug(error);
    }
  }

  /** A bug stops this lane alone, loudly and until the process starts anew: no vendor may take another down. */
  #stopByBug(error: unknown): void {
    this.#bug ??= { why: 'held: stopped by a bug, see the gateway log', since: this.#deps.now() };
    this.#deps.bug(error);
  }

  #run(): void {
    this.#isStanding = false;
    const { delivery } = this.spec.destination;
    const room = Math.min(maxDeltaItems, Math.max(2 * this.#flights.batchSize, 2 * delivery.concurrency));
    const now = this.#deps.now();
    const maySend = this.hold === null && now >= this.#pausedUntil && this.breaker.allowance() > 0;
    this.#intake.fill(room, maySend || this.#rules.dropping !== null);
    if (maySend) this.#flights.dispatch(now - delivery.batchWaitMs);
    this.#advance();
  }

  #advance(): void {
    const now = this.#deps.now();
    const room = maxDeltaItems - this.#delta.items;
    if (room <= 0) return;
    const { timeoutMs } = this.spec.destination.delivery;
    for (const entry of this.#window.advance(this.#delta, maxDeltaItems, now - detachAfterMs, now + timeoutMs + detachAfterMs)) {
      this.#intake.take(this.#intake.keyOf(entry) as string);
      this.#intake.retryDueAt(now + timeoutMs + detachAfterMs);
    }
  }

  /** Parked or held: what waits in memory goes back to where it is durable. */
  #standStill(): void {
    if (this.#isStanding || this.#flights.under.size > 0) return;
    this.#isStanding = true;
    const keys = this.#flights.clear().flatMap((entry) => this.#intake.keyOf(entry) ?? []);
    this.#intake.release(keys);
    const now = this.#deps.now();
    this.#window.standStill(this.#delta, now);
    this.#intake.rulesChanged();
    this.#intake.retryDueAt(now);
  }

  #settleIfDue(): void {
    if (this.#settling || this.#storeFailing) return;
    const waited = this.#deps.now() - this.#settledAt;
    const isDue = this.#delta.finished >= settleAt || this.#delta.items >= settleAt || waited >= this.#deps.settleEveryMs();
    const hasNews = !this.#delta.isEmpty() || (this.#window.cursor > this.#settledCursor && waited >= settleRetryMs);
    if (!isDue || !hasNews) return;
    const delta = this.#delta.build(this.spec.id, this.#epoch, this.#window.cursor);
    const { change } = this.#delta;
    const ending = this.#ending;
    this.#delta = createDelta();
    this.#ending = [];
    this.#settledAt = this.#deps.now();
    this.#settling = this.#write(delta, change, ending).finally(() => {
      this.#settling = null;
      this.wake();
    });
  }

  /** Writes one delta, again and again while the store fails: nothing later may overtake it. */
  async #write(delta: ReturnType<DeltaBuilder['build']>, change: DeltaBuilder['change'], ending: readonly string[]): Promise<void> {
    for (;;) {
      try {
        await this.#deps.log.settle(delta);
        break;
      } catch (error) {
        if (this.#closed || error instanceof SettleRefused) return this.#stopByBug(error);
        this.#storeFailing ??= { why: 'held: results cannot be written to disk', since: this.#deps.now() };
        await new Promise((resolve) => setTimeout(resolve, settleRetryMs));
      }
    }
    this.#storeFailing = null;
    this.#settledCursor = delta.cursor;
    this.counts.retrying += change.retrying;
    this.counts.dead += change.dead;
    this.counts.held += change.held;
    this.#intake.release(ending);
  }

  #ended(entry: Entry, end: End): void {
    const key = this.#intake.keyOf(entry);
    if (key !== null) this.#ending.push(key);
    else this.rates.ended(end.to === 'terminal' && (end.state === 'confirmed' || end.state === 'accepted'));
    if (end.to === 'row' && end.row.state === 'retrying') this.#intake.retryDueAt(end.row.dueAt);
    this.#window.finish(entry, end, this.#delta);
  }

  #readCredential(): UsableCredential | null {
    const reading = this.#deps.credential();
    if (reading.usable) {
      this.#hold = null;
      return reading;
    }
    this.#hold ??= { why: `held: ${reading.detail}`, since: this.#deps.now() };
    return null;
  }

  /** Once a second: takes the rates, and expires what is over the holding limits. */
  everySecond(): void {
    if (this.#closed) return;
    const { events, bytes } = this.#deps.log.backlog(this.spec.id);
    this.rates.sample(events, bytes);
    expireOverdue(
      this.spec,
      this.#deps,
      this.#window,
      (entry) => this.#ended(entry, { to: 'terminal', state: 'expired' }),
      () => this.wake(),
    );
  }

  /** Aborts what still flies within a scope; the events become uncertain. */
  abort(scope: SwitchScope): void {
    for (const flight of this.flying(scope)) flight.sending?.abort();
  }

  /** Lets flights end (aborting them at `deadlineMs`), settles, releases the pool. */
  async close(deadlineMs: number): Promise<void> {
    this.#rules = rulesBeforeDocuments(this.#deps.now());
    this.#revision++;
    const deadline = setTimeout(() => {
      for (const flight of this.#flights.under.all()) flight.sending?.abort();
    }, deadlineMs);
    for (const flight of this.#flights.under.all()) if (flight.startedAt === 0) flight.sending?.abort();
    while (this.#flights.under.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    clearTimeout(deadline);
    this.#standStill();
    this.#closed = true;
    await this.#settling;
    if (!this.#delta.isEmpty() || this.#window.cursor > this.#settledCursor) {
      await this.#deps.log.settle(this.#delta.build(this.spec.id, this.#epoch, this.#window.cursor));
    }
    await this.#flights.close();
  }

  #flightHost() {
    const { meter, random, now } = this.#deps;
    return {
      spec: this.spec,
      meter,
      breaker: this.breaker,
      now,
      random,
      rules: () => ({ rules: this.#rules, revision: this.#revision }),
      credential: () => this.#readCredential(),
      ended: (entry: Entry, end: End) => {
        if (end.to === 'terminal' && end.state === 'dropped') meter.dropped(this.spec.id, 1);
        this.#ended(entry, end);
      },
      pauseUntil: (atMs: number) => {
        this.#pausedUntil = Math.max(this.#pausedUntil, atMs);
      },
      refuseCredential: (detail: string, revision: number) => {
        this.#deps.refuseCredential(detail, revision);
        this.#readCredential();
      },
      sent: (flight: Flight, at: number) => {
        this.lastSent = { messageId: flight.entries[0]?.record.messageId ?? '', at };
        for (const listener of this.onSent) listener(flight, at);
      },
      wake: () => this.wake(),
      bug: (error: unknown) => this.#stopByBug(error),
    };
  }

  #intakeHost() {
    return {
      destination: this.spec.id,
      log: this.#deps.log,
      window: this.#window,
      now: this.#deps.now,
      rules: () => this.#rules,
      pendingCount: () => this.#flights.pending.size,
      offer: (entry: Entry) => this.#flights.pending.push(entry),
      settleByRule: (entry: Entry, fate: RuledFate) => {
        if (fate === 'drop') this.#deps.meter.dropped(this.spec.id, 1);
        this.#ended(entry, endOfFate(fate));
      },
      wake: () => this.wake(),
      bug: (error: unknown) => this.#stopByBug(error),
    };
  }
}
