/**
 * One replay at work: gives its destination, at its pace, what its selection holds.
 *
 * Each step takes the next candidates, has the log give them (which moves the replay's durable cursor in the same
 * write), and tells the lane that rows are due. The lane then treats them as it treats every retry: a switch, consent,
 * the breaker and the vendor's limits hold for them, too. A replay waits while its lane stands still, and while too much
 * of what it gave has no outcome yet: so a vendor that is down is not given everything at once, and a
 * cancelled replay leaves the rest where it was.
 */
import type { Replay } from '#contract/documents/replay.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import { createPace, type Pace } from '#gateway/delivery/pace.ts';
import { stopOf } from '#gateway/delivery/reading.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { ReplayState } from '#gateway/log/replaying.ts';
import { StaleEpoch } from '#gateway/log/settle-refused.ts';
import type { CandidatePage, Candidates } from './candidates.ts';

export interface JobDeps {
  readonly log: Pick<EventLog, 'now' | 'replaying'>;
  readonly candidates: Candidates;
  /** The destination's lane; null while it has none. */
  lane(): Lane | null;
  /** Epoch ms with fractions. */
  now(): number;
}

/** Events of a step at most: a settle stays short. */
const stepEvents = 2048;
/** Steps a second, where the pace asks for that many. */
const stepsPerSecond = 20;
/** What was given and has no outcome yet may be two seconds' worth, or this many. */
const leastOpen = 1000;
const openSeconds = 2;
const pageEvents = 1024;
/** A machine that was busy for a moment is made up for: the pace is kept over seconds, not only within each. */
const catchUpSeconds = 1;

export class Job {
  readonly #id: string;
  readonly #destination: string;
  readonly #deps: JobDeps;
  #perSecond: number;
  /** Null while it stands still: what could not go then is not made up for. */
  #pace: Pace | null = null;
  /** Of the lane that it works with. */
  #epoch: number | null = null;
  #state: ReplayState | null = null;
  #page: CandidatePage = { seqs: [], through: 0, isOver: false };
  /** Of the page: already given. */
  #taken = 0;
  #waitsFor = '';

  constructor(id: string, { destination, pacePerSecond }: Replay, deps: JobDeps) {
    this.#id = id;
    this.#destination = destination;
    this.#deps = deps;
    this.#perSecond = pacePerSecond;
  }

  /** Where it stands; null before its first step. */
  get state(): ReplayState | null {
    return this.#state;
  }
  /** All is given, and everything has its outcome. */
  get isOver(): boolean {
    return this.#isExhausted && this.#state?.open === 0;
  }
  /** Why nothing is given now; empty while something is. */
  get waitsFor(): string {
    return this.#isExhausted ? 'the outcome of what was given last' : this.#waitsFor;
  }
  get #isExhausted(): boolean {
    return this.#page.isOver && this.#taken >= this.#page.seqs.length;
  }

  setPace(perSecond: number): void {
    this.#perSecond = perSecond;
    this.#pace?.setSpeed(perSecond);
  }

  /** Does what is due now. Calls come often and never overlap. Throws what the log throws. */
  async step(): Promise<void> {
    const lane = this.#deps.lane();
    if (!lane) return this.#standStill('its destination is not running');
    try {
      if (lane.epoch !== this.#epoch) await this.#attach(lane);
      this.#refresh();
      if (this.#isExhausted) return;
      const stop = stopOf(lane);
      if (stop) this.#standStill(stop.why);
      else await this.#giveNext(lane);
    } catch (error) {
      // The lane was opened anew meanwhile: the next step begins with that.
      if (!(error instanceof StaleEpoch)) throw error;
      this.#epoch = null;
    }
  }

  #standStill(why: string): void {
    this.#waitsFor = why;
    this.#pace = null;
  }

  /** After a restart, or where the lane was opened anew: goes on where the log says. What was read ahead is read again. */
  async #attach(lane: Lane): Promise<void> {
    this.#state = await this.#deps.log.replaying.openReplay(this.#destination, lane.epoch, this.#id);
    this.#epoch = lane.epoch;
    this.#page = { seqs: [], through: this.#state.cursor, isOver: false };
    this.#taken = 0;
  }

  /** What came of what it gave is settled by the lane, and read from the log's memory. */
  #refresh(): void {
    this.#state = this.#deps.log.replaying.replays(this.#destination).find(({ id }) => id === this.#id) ?? this.#state;
  }

  async #giveNext(lane: Lane): Promise<void> {
    const count = this.#allowance(this.#state?.open ?? 0);
    if (count === 0) return;
    await this.#readOn(lane);
    const { seqs, through } = this.#page;
    const next = seqs.slice(this.#taken, this.#taken + count);
    const last = next.at(-1);
    if (last === undefined) return;
    await this.#give(lane, next, this.#taken + next.length === seqs.length ? through : last);
    this.#taken += next.length;
    this.#waitsFor = '';
  }

  /** As many as may be given now; 0 where it is better to wait for more. */
  #allowance(open: number): number {
    const most = Math.max(leastOpen, this.#perSecond * openSeconds) - open;
    if (most <= 0) {
      this.#standStill(`${open} events that have no outcome yet`);
      return 0;
    }
    const quantum = Math.min(stepEvents, Math.ceil(this.#perSecond / stepsPerSecond));
    this.#pace ??= createPace(this.#perSecond, this.#deps.now(), catchUpSeconds);
    const ready = this.#pace.available(this.#deps.now());
    return ready < quantum ? 0 : Math.min(ready, stepEvents, most);
  }

  /** Reads candidates until some are there, or none are left; its cursor passes what is not meant. */
  async #readOn(lane: Lane): Promise<void> {
    while (this.#taken >= this.#page.seqs.length && !this.#page.isOver) {
      const { through } = this.#page;
      this.#page = await this.#deps.candidates.after(through, pageEvents);
      this.#taken = 0;
      if (this.#page.seqs.length === 0 && this.#page.through > through) await this.#give(lane, [], this.#page.through);
    }
  }

  async #give(lane: Lane, seqs: readonly number[], through: number): Promise<void> {
    const { log, candidates } = this.#deps;
    const step = { id: this.#id, seqs, through, dueAt: log.now(), mints: candidates.mints };
    const given = await log.replaying.give(this.#destination, lane.epoch, step);
    const rows = given.retried + given.minted;
    this.#state = given.replay;
    this.#pace?.use(rows);
    lane.rowsChanged({ retrying: rows, dead: -given.retried });
  }
}
