/** Writes down what came of a lane's events: one delta after the other, none overtaking. */
import { AppFailure, appError } from '#contract/errors.ts';
import type { EventLog, LaneOpened } from '#gateway/log/event-log.ts';
import type { Exception } from '#gateway/log/replaying.ts';
import { SettleRefused } from '#gateway/log/settle-refused.ts';
import { createDelta, type DeltaBuilder } from './delta.ts';
import type { Stop } from './rules.ts';
import type { Entry } from './window.ts';

export interface SettlingHost {
  readonly destination: string;
  readonly log: EventLog;
  now(): number;
  /** How often it writes, ms. */
  settleEveryMs(): number;
  /** The lane's cursor at present. */
  cursor(): number;
  /** A delta is durable. `ending`: keys whose end it held; `reserved`: entries that it wrote down as being sent; `dueAt`: of the first row that it put. */
  settled(ending: readonly string[], reserved: readonly Entry[], dueAt: number | null): void;
  wake(): void;
  /** The lane cannot go on: it lost its epoch, or broke a rule. */
  bug(error: unknown): void;
}

const settleAt = 1000;
const retryMs = 1000;
const failurePollMs = 50;

export class Settling {
  readonly #host: SettlingHost;
  #delta: DeltaBuilder = createDelta();
  /** Keys whose end lies in the present delta. */
  #ending: string[] = [];
  #reserved: Entry[] = [];
  #writing: Promise<void> | null = null;
  /** Rows and bits that are durable. */
  readonly counts: { retrying: number; dead: number; held: number };
  readonly #epoch: number;
  #settledCursor: number;
  #settledAt = 0;
  #failing: Stop | null = null;
  #isClosed = false;
  /** Who wants that nothing is written now. */
  #stills = 0;

  constructor(host: SettlingHost, { epoch, cursor, retrying, dead, held }: LaneOpened) {
    this.#host = host;
    this.#epoch = epoch;
    this.#settledCursor = cursor;
    this.counts = { retrying, dead, held };
  }

  /** Under which the lane owns its rows. */
  get epoch(): number {
    return this.#epoch;
  }
  /** What the next write will hold. */
  get delta(): DeltaBuilder {
    return this.#delta;
  }
  /** Set while the store cannot write. */
  get failing(): Stop | null {
    return this.#failing;
  }

  /** Rows changed that no delta of this lane wrote. */
  countChange({ retrying, dead }: { readonly retrying: number; readonly dead: number }): void {
    this.counts.retrying += retrying;
    this.counts.dead += dead;
  }

  /** The end of what is known by this key becomes durable with the present delta. */
  ends(key: string): void {
    this.#ending.push(key);
  }

  /** Runs `work` while nothing is being written: what it reads of the lane's rows is there until the next write. Throws AppFailure while the store cannot write. */
  async still<T>(work: () => Promise<T>): Promise<T> {
    this.#stills++;
    try {
      while (this.#writing) {
        if (this.#failing) throw new AppFailure(appError('INGEST_STORE_FAILED', { destination: this.#host.destination }));
        await Promise.race([this.#writing, new Promise((resolve) => setTimeout(resolve, failurePollMs))]);
      }
      return await work();
    } finally {
      this.#stills--;
      this.#host.wake();
    }
  }

  /** Ends dead letters, which nobody has in memory; answers how many there were. */
  async endDead(seqs: readonly number[], as: Exception): Promise<number> {
    const ended = await this.#host.log.replaying.discardDead(this.#host.destination, this.#epoch, seqs, as);
    this.counts.dead -= ended;
    return ended;
  }

  /** The present delta writes an entry down as being sent. */
  reserves(entry: Entry): void {
    this.#reserved.push(entry);
  }

  settleIfDue(): void {
    if (this.#writing || this.#failing || this.#stills > 0) return;
    const waited = this.#host.now() - this.#settledAt;
    const isDue = this.#delta.finished >= settleAt || this.#delta.items >= settleAt || waited >= this.#host.settleEveryMs();
    const hasNews = !this.#delta.isEmpty() || (this.#host.cursor() > this.#settledCursor && waited >= retryMs);
    if (!isDue || !hasNews) return;
    const delta = this.#build();
    const { change } = this.#delta;
    const dueAt = this.#delta.dueAt();
    const ending = this.#ending;
    const reserved = this.#reserved;
    this.#delta = createDelta();
    this.#ending = [];
    this.#reserved = [];
    this.#settledAt = this.#host.now();
    this.#writing = this.#write(delta, change, () => this.#host.settled(ending, reserved, dueAt)).finally(() => {
      this.#writing = null;
      this.#host.wake();
    });
  }

  #build() {
    return this.#delta.build(this.#host.destination, this.#epoch, this.#host.cursor());
  }

  /** Writes one delta, again and again while the store fails: nothing later may overtake it. */
  async #write(delta: ReturnType<DeltaBuilder['build']>, change: DeltaBuilder['change'], done: () => void): Promise<void> {
    for (;;) {
      try {
        await this.#host.log.settle(delta);
        break;
      } catch (error) {
        if (this.#isClosed || error instanceof SettleRefused) return this.#host.bug(error);
        this.#failing ??= { why: 'held: results cannot be written to disk', since: this.#host.now() };
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    this.#failing = null;
    this.#settledCursor = delta.cursor;
    this.counts.retrying += change.retrying;
    this.counts.dead += change.dead;
    this.counts.held += change.held;
    done();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    if (!this.#delta.isEmpty() || this.#host.cursor() > this.#settledCursor) await this.#host.log.settle(this.#build());
  }
}
