/**
 * The lanes as the main thread mirrors them, and the way of a settle: find out what the cursor passed (from memory,
 * or from the disk for a lane that lags), queue, and let the worker prove and write it. Settles
 * that come while one transaction runs share the next.
 */
import { setTimeout } from 'node:timers/promises';
import { AppFailure } from '#contract/errors.ts';
import type { AcceptedTotals } from '../accepted.ts';
import type { Clock } from '../clock.ts';
import { isCrowd } from '../crowd.ts';
import type { Backlog, LaneOpened, SettleDelta } from '../event-log.ts';
import { addPassed, type Passed, type RecentFacts, subtractPassed } from '../recent-facts.ts';
import type { RouteTable } from '../routes.ts';
import { SettleRefused, StaleEpoch, staleEpoch } from '../settle-refused.ts';
import type { SideStep, StepDone } from '../side-steps.ts';
import type { Uncertain } from '../uncertain.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { DiversionInput } from './diversions.ts';
import type { LaneState, LanesOps, SettleInput, SettleOutcome } from './lanes-store.ts';
import type { ReaderOps } from './log-reader.ts';
import type { WorkerClient } from './worker-client.ts';

const maxSettlesAtOnce = 64;
/** What a crowd of lanes settles is gathered for so long: each message to the worker costs this thread as much as several settles. */
const gatherMs = 8;
const maxSamples = 4096;

export interface LanesDeps {
  readonly store: Pick<WorkerClient<LanesOps>, 'call'>;
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  readonly routes: RouteTable;
  readonly totals: AcceptedTotals;
  readonly recent: RecentFacts;
  readonly clock: Clock;
  readonly guard: DiskGuard;
  head(): number;
  bug(error: unknown): void;
}

interface Lane {
  state: LaneState;
  /** Settles of one lane go one after another. */
  chain: Promise<unknown>;
  /** The oldest waiting event, as far as it was looked up. */
  oldest: { readonly seq: number; readonly receivedAt: number } | null;
  isLookingUp: boolean;
}

/** What of (cursor, head] is routed to a lane. */
interface Counted {
  readonly cursor: number;
  readonly head: number;
  readonly passed: Passed;
}

interface Queued {
  readonly input: SettleInput;
  resolve(outcome: SettleOutcome): void;
  reject(error: unknown): void;
}

export class Lanes {
  readonly #deps: LanesDeps;
  /** Living ones by destination. */
  readonly #living = new Map<string, Lane>();
  /** The last retired one by destination. */
  readonly #closed = new Map<string, LaneState>();
  /** Whose each ordinal is, or was. */
  readonly #byOrdinal = new Map<number, string>();
  /** What the ledger last counted, by ordinal. */
  readonly #counted = new Map<number, Counted>();
  #queue: Queued[] = [];
  #isWriting = false;
  /** Births and ends of lanes, and whoever must see none of them half done, go one after another. */
  #births: Promise<unknown> = Promise.resolve();
  #samples: number[] = [];

  constructor(deps: LanesDeps, known: readonly LaneState[]) {
    this.#deps = deps;
    for (const state of known) this.#put(state);
  }

  #put(state: LaneState): void {
    this.#byOrdinal.set(state.ordinal, state.destination);
    if (state.closedAt !== null) this.#closed.set(state.destination, state);
    else this.#living.set(state.destination, { state, chain: Promise.resolve(), oldest: null, isLookingUp: false });
  }

  #laneOf(destination: string): Lane {
    const lane = this.#living.get(destination);
    if (!lane) throw new Error(`destination ${destination} is not registered`);
    return lane;
  }

  get count(): number {
    return this.#living.size;
  }

  /** Also of a retired one. */
  destinationOf(ordinal: number): string | undefined {
    return this.#byOrdinal.get(ordinal);
  }

  get living(): readonly LaneState[] {
    return [...this.#living.values()].map((lane) => lane.state);
  }

  /** Highest seq that every living lane has passed. */
  lowestCursor(): number {
    return this.living.reduce((lowest, lane) => Math.min(lowest, lane.cursor), this.#deps.head());
  }

  ordinalOf(destination: string): number {
    return this.stateOf(destination).ordinal;
  }

  /** The living lane, or the last retired one. */
  stateOf(destination: string): LaneState {
    const state = this.#living.get(destination)?.state ?? this.#closed.get(destination);
    if (!state) throw new Error(`destination ${destination} is not registered`);
    return state;
  }

  /** Settle times since the last call, ms. */
  takeSamples(): readonly number[] {
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  async register(destination: string): Promise<number> {
    const known = this.#living.get(destination);
    if (known) return known.state.ordinal;
    return this.still(async () => {
      const state = await this.#deps.store.call('register', { destination, head: this.#deps.head() });
      if (!this.#living.has(destination)) this.#put(state);
      return state.ordinal;
    });
  }

  /** Runs `work` while no lane is born or ended. */
  still<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#births.then(work);
    this.#births = turn.catch(() => {});
    return turn;
  }

  async open(destination: string, uncertain: Uncertain | null): Promise<LaneOpened> {
    const lane = this.#laneOf(destination);
    const { nextRetryAt, ...state } = await this.#inTurn(lane, () =>
      this.#deps.store.call('take', { ordinal: lane.state.ordinal, uncertain }),
    );
    lane.state = state;
    // So that a lane that lags knows the age of its backlog by the time that is asked for.
    this.backlog(destination);
    const count = (line: 'held' | 'retrying' | 'dead') => state.sums[line]?.count ?? 0;
    return { epoch: state.epoch, cursor: state.cursor, held: count('held'), retrying: count('retrying'), dead: count('dead'), nextRetryAt };
  }

  async retire(destination: string): Promise<void> {
    const lane = this.#living.get(destination);
    if (lane) await this.still(() => this.#inTurn(lane, () => this.#retireNow(lane)));
  }

  async #retireNow(lane: Lane): Promise<void> {
    const { destination, ordinal, cursor } = lane.state;
    if (this.#living.get(destination) !== lane) return;
    const head = this.#deps.head();
    const passed = await this.passed(ordinal, cursor, head);
    const state = await this.#deps.store.call('retire', { ordinal, from: cursor, head, passed });
    this.#living.delete(destination);
    this.#closed.set(destination, state);
  }

  /** Routed obligations in (after, through], recounted from the routes. */
  async passed(ordinal: number, after: number, through: number): Promise<Passed> {
    const inMemory = this.#deps.recent.passed(ordinal, after, through);
    if (inMemory) return inMemory;
    let sum: Passed = { count: 0, bytes: 0, hi: 0, lo: 0 };
    for (let from = after; from < through; ) {
      const slice = await this.#deps.reader.call('passed', { ordinal, after: from, through });
      sum = addPassed(sum, slice);
      if (slice.through <= from) throw new Error(`seqs after ${from} cannot be counted`);
      from = slice.through;
    }
    return sum;
  }

  /**
   * As `passed`, for the ledger, which asks again and again about nearly the same range: what was counted
   * before is kept, and only what came at its ends is counted now. The log never changes, so neither does a count.
   */
  async waiting(ordinal: number, cursor: number, head: number): Promise<Passed> {
    const last = this.#counted.get(ordinal);
    const isNear = last && last.cursor <= cursor && cursor <= last.head && last.head <= head;
    const passed = (isNear && (await this.#countOn(ordinal, last, cursor, head))) || (await this.passed(ordinal, cursor, head));
    this.#counted.set(ordinal, { cursor, head, passed });
    return passed;
  }

  /** Null where what left the range can no longer be counted, because its segment is gone. */
  async #countOn(ordinal: number, last: Counted, cursor: number, head: number): Promise<Passed | null> {
    try {
      const [left, came] = [await this.passed(ordinal, last.cursor, cursor), await this.passed(ordinal, last.head, head)];
      return addPassed(subtractPassed(last.passed, left), came);
    } catch (error) {
      if (error instanceof AppFailure) return null;
      throw error;
    }
  }

  async settle(delta: SettleDelta): Promise<void> {
    const started = performance.now();
    const lane = this.#laneOf(delta.destination);
    await this.#inTurn(lane, () => this.#settleNow(lane, delta));
    if (this.#samples.length < maxSamples) this.#samples.push(performance.now() - started);
  }

  async #settleNow(lane: Lane, delta: SettleDelta): Promise<void> {
    const { ordinal, epoch, cursor } = lane.state;
    if (delta.epoch !== epoch) throw staleEpoch(delta.destination, delta.epoch, epoch);
    const head = this.#deps.head();
    const passed = await this.passed(ordinal, cursor, Math.min(Math.max(delta.cursor, cursor), head));
    await this.#send(lane, { ordinal, delta, head, from: cursor, passed });
  }

  async #send(lane: Lane, input: SettleInput): Promise<SettleOutcome & { readonly ok: true }> {
    const outcome = await new Promise<SettleOutcome>((resolve, reject) => {
      this.#queue.push({ input, resolve, reject });
      void this.#write();
    });
    if (!outcome.ok) throw refusalOf(outcome);
    lane.state = outcome.lane;
    return outcome;
  }

  /** A settle that is decided where the rows are. @param oldest lowest seq whose event is there */
  async step(destination: string, epoch: number, step: SideStep, oldest: number): Promise<StepDone> {
    const lane = this.#laneOf(destination);
    return this.#inTurn(lane, async () => {
      const { done } = await this.#send(lane, { ...this.#standing(lane, epoch), step, oldest });
      if (!done) throw new Error(`the step ${step.do} of ${destination} has no outcome`);
      return done;
    });
  }

  /** Gives events of another lane to this one. Returns how many of them are new here. */
  async divert(destination: string, diversion: DiversionInput): Promise<number> {
    const lane = this.#laneOf(destination);
    return this.#inTurn(lane, async () => {
      const { given = 0 } = await this.#send(lane, { ...this.#standing(lane, lane.state.epoch), diversion });
      return given;
    });
  }

  /** A settle that changes nothing. */
  #standing(lane: Lane, epoch: number): SettleInput {
    const { ordinal, destination, cursor } = lane.state;
    const delta = { destination, epoch, cursor, sidePut: [], sideRemove: [], heldSet: [], heldClear: [], tally: {} };
    return { ordinal, delta, head: this.#deps.head(), from: cursor, passed: { count: 0, bytes: 0, hi: 0, lo: 0 } };
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (;;) {
      if (isCrowd(this.#living.size)) await setTimeout(gatherMs);
      if (this.#queue.length === 0) break;
      const group = this.#queue.splice(0, maxSettlesAtOnce);
      try {
        const { outcomes, bytes } = await this.#deps.store.call('settle', {
          settles: group.map(({ input }) => input),
          clock: this.#deps.clock.now(),
        });
        this.#deps.guard.setLanes(bytes);
        for (const [i, { resolve }] of group.entries()) resolve(outcomes[i] as SettleOutcome);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isWriting = false;
  }

  #inTurn<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
    const turn = lane.chain.then(work);
    lane.chain = turn.catch(() => {});
    return turn;
  }

  /** Resolves when every settle so far has its answer. */
  async drain(): Promise<void> {
    await Promise.all([...this.#living.values()].map((lane) => lane.chain));
  }

  backlog(destination: string): Backlog {
    const lane = this.#living.get(destination);
    if (!lane) return { events: 0, bytes: 0, oldestAt: null };
    const accepted = this.#deps.totals.routedTo(this.#deps.routes, lane.state.ordinal);
    const events = accepted.count - (lane.state.sums.passed?.count ?? 0);
    if (events === 0) return { events: 0, bytes: 0, oldestAt: null };
    return { events, bytes: accepted.bytes - lane.state.passedBytes, oldestAt: this.#oldestAt(lane) };
  }

  #oldestAt(lane: Lane): number | null {
    const { cursor, ordinal } = lane.state;
    if (lane.oldest && lane.oldest.seq > cursor) return lane.oldest.receivedAt;
    if (cursor + 1 >= this.#deps.recent.first) lane.oldest = this.#deps.recent.firstRouted(ordinal, cursor, this.#deps.head());
    else {
      // A damaged file is for the lane's own read to report.
      this.#lookUpOldest(lane).catch((error) => error instanceof AppFailure || this.#deps.bug(error));
    }
    return lane.oldest?.receivedAt ?? null;
  }

  /** For a lane that lags further than memory reaches. */
  async #lookUpOldest(lane: Lane): Promise<void> {
    const { ordinal, cursor } = lane.state;
    if (lane.isLookingUp || cursor + 1 >= this.#deps.recent.first) return;
    lane.isLookingUp = true;
    try {
      const head = this.#deps.head();
      for (let after = cursor; after < head; ) {
        const found = await this.#deps.reader.call('firstWaiting', { ordinal, after, head });
        if (found.receivedAt !== null) lane.oldest = { seq: found.through, receivedAt: found.receivedAt };
        if (found.receivedAt !== null || found.through <= after) break;
        after = found.through;
      }
    } finally {
      lane.isLookingUp = false;
    }
  }
}

function refusalOf(outcome: { readonly name: string; readonly message: string }): Error {
  if (outcome.name === 'StaleEpoch') return new StaleEpoch(outcome.message);
  return outcome.name === 'SettleRefused' ? new SettleRefused(outcome.message) : new Error(outcome.message);
}
