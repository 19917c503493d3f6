/**
 * Brings a lane its work: new records from the log, due retries from side rows, and held events that a
 * switch released. At most one read of each kind is under way.
 */
import type { EventLog, LogRecord, SideRow } from '#gateway/log/event-log.ts';
import { waitingClass } from './endpoints/waiting-class.ts';
import type { Freshness } from './freshness.ts';
import { createPace, type Pace } from './pace.ts';
import { regenerated } from './regenerated.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Fate, LaneRules, RuledFate } from './rules.ts';
import { type Entry, entryOf, type LaneWindow, sendingClass } from './window.ts';

export interface IntakeHost {
  readonly destination: string;
  readonly log: EventLog;
  readonly window: LaneWindow;
  readonly budget: RetryBudget;
  readonly freshness: Freshness;
  now(): number;
  rules(): LaneRules;
  /** False while nothing may be read: what is unsettled is not known yet. */
  isReady(): boolean;
  /** Entries in memory that could be sent. */
  pendingCount(): number;
  offer(entry: Entry): void;
  /** Set where an event may never be sent twice: what was being sent when the process ended is given up. */
  readonly giveUp: ((entry: Entry) => void) | null;
  /** Ends an entry by a switch or for want of consent. */
  settleByRule(entry: Entry, fate: RuledFate): void;
  /** Another destination was given it, in a run that ended before that was settled. */
  isAway(seq: number): boolean;
  /** False while nothing can be sent, and what came later is to go on past it: what came from the log is put aside. */
  mayWait(): boolean;
  wake(): void;
  bug(error: unknown): void;
}

/** Seqs above its cursor that a lane has in memory at most. */
export const maxWindow = 8192;
/** Bytes of stored bodies that one lane keeps in memory, beside the batch that it may always have. */
const maxBytes = 8 * 1024 * 1024;
const readEvents = 512;
const readBytes = 1024 * 1024;
const retryPollMs = 1000;
const heldPage = 256;
const rowPage = 512;
/** Where resends have no budget, ms. */
const budgetPollMs = 100;

const rowKey = (seq: number, gen: number) => `${seq}/${gen}`;

/** What only looks whether its endpoint is in use again must not use up what others resend by. */
const isResend = (row: SideRow) => row.attempt > 0 && row.class !== waitingClass;

export class Intake {
  readonly #host: IntakeHost;
  /** Rows and held seqs that are in memory, or whose end is not durable yet: not to be read again. With their bytes. */
  readonly #taken = new Map<string, number>();
  #takenBytes = 0;
  /** Keys released while rows or held seqs are being read: what is read may be older than their end. */
  readonly #releasedMeanwhile = new Set<string>();
  #readingLog = false;
  #readingRows = false;
  #readingHeld = false;
  #nextRetryAt: number | null;
  #heldAfter: number | null = 0;
  #pace: Pace | null = null;
  /** Rows are taken up before they are due. */
  #takesEarly = false;
  /** Settles to come that may write down what was put on hold by former rules: the one under way, and the next. */
  #settlesToCome = 0;

  constructor(host: IntakeHost, nextRetryAt: number | null) {
    this.#host = host;
    this.#nextRetryAt = nextRetryAt;
  }

  /** Held events are looked at again: what a changed switch released, flows. */
  rulesChanged(): void {
    this.#heldAfter = 0;
    this.#settlesToCome = 2;
    const { pace, endsBacklog } = this.#host.rules();
    this.#takesEarly = endsBacklog;
    this.#pace = pace ? createPace(pace.perSecond, this.#host.now()) : null;
  }

  /**
   * What a settle wrote is durable, with the end of these, and can be found from now on: a row whose time came before that,
   * and what was put on hold by rules that hold no more.
   */
  settled(ending: readonly string[], dueAt: number | null): void {
    this.release(ending);
    if (dueAt !== null) this.retryDueAt(dueAt);
    if (this.#settlesToCome === 0) return;
    this.#settlesToCome--;
    this.#heldAfter = 0;
  }

  retryDueAt(atMs: number): void {
    if (this.#nextRetryAt === null || atMs < this.#nextRetryAt) this.#nextRetryAt = atMs;
  }

  keyOf(entry: Entry): string | null {
    if (entry.origin === 'log') return null;
    return entry.origin === 'held' ? `held/${entry.record.seq}` : rowKey(entry.record.seq, entry.record.gen);
  }

  /** A detached entry is durable as a row from now on, and in memory. */
  take(key: string, bytes = 0): void {
    this.#takenBytes += bytes - (this.#taken.get(key) ?? 0);
    this.#taken.set(key, bytes);
  }

  isTaken(key: string): boolean {
    return this.#taken.has(key);
  }

  release(keys: readonly string[]): void {
    for (const key of keys) {
      this.#takenBytes -= this.#taken.get(key) ?? 0;
      this.#taken.delete(key);
      if (this.#readingRows || this.#readingHeld) this.#releasedMeanwhile.add(key);
    }
  }

  #isFree(key: string): boolean {
    return !this.#taken.has(key) && !this.#releasedMeanwhile.has(key);
  }

  #readingEnded(): void {
    if (!this.#readingRows && !this.#readingHeld) this.#releasedMeanwhile.clear();
  }

  /** Whether memory allows to take up more. What could be sent at once is never held back by what waits. */
  #hasRoom(): boolean {
    return this.#host.window.bytes + this.#takenBytes < maxBytes || this.#host.pendingCount() === 0;
  }

  /** Reads until `room` entries are pending. `mayRetry`: rows and held events too. */
  fill(room: number, mayRetry: boolean): void {
    if (!this.#host.isReady()) return;
    if (mayRetry && this.#hasRoom()) {
      this.#fillRows(Math.min(room, rowPage));
      this.#fillHeld(room);
    }
    while (this.#host.pendingCount() < room && this.#mayReadLog()) {
      const limit = this.#paced(Math.min(readEvents, maxWindow - this.#host.window.size));
      if (limit === 0) return;
      const page = this.#host.log.readTail(this.#host.destination, this.#host.window.through, { events: limit, bytes: readBytes });
      if (page === 'evicted') return void this.#readDisk(limit);
      if (page.through === this.#host.window.through) return;
      this.#accept(page.records, page.through);
    }
  }

  #mayReadLog(): boolean {
    const { window } = this.#host;
    const isFull = window.size >= maxWindow || window.bytes + this.#takenBytes >= maxBytes;
    return !this.#readingLog && (!isFull || window.size === 0) && this.#host.freshness.mayReadOn();
  }

  #paced(wanted: number): number {
    const pace = this.#host.rules().pace;
    if (!this.#pace || !pace || this.#host.window.through >= pace.throughSeq) return wanted;
    return Math.min(wanted, this.#pace.available(this.#host.now()));
  }

  async #readDisk(limit: number): Promise<void> {
    this.#readingLog = true;
    const after = this.#host.window.through;
    try {
      const page = await this.#host.log.readDisk(this.#host.destination, after, { events: limit, bytes: readBytes });
      // A lane that stood still meanwhile went back; what was read is then not the next any more.
      if (this.#host.window.through === after && this.#host.rules().parked === null) this.#accept(page.records, page.through);
    } catch (error) {
      this.#host.bug(error);
    } finally {
      this.#readingLog = false;
      this.#host.wake();
    }
  }

  #accept(records: readonly LogRecord[], through: number): void {
    this.#pace?.use(records.length);
    const rules = this.#host.rules();
    const entries = records.map((record) => entryOf(record, 'log'));
    this.#host.window.add(entries, through);
    for (const entry of entries) this.#route(entry, rules);
  }

  #route(entry: Entry, rules: LaneRules): void {
    this.#goOn(entry, rules.isPlain ? 'flow' : rules.fateOf(entry.record));
  }

  #goOn(entry: Entry, fate: Fate): void {
    if (this.#host.isAway(entry.record.seq)) this.#host.settleByRule(entry, 'divert');
    else if (fate !== 'flow') this.#host.settleByRule(entry, fate);
    else if (entry.origin === 'log' && !this.#host.mayWait()) this.#host.settleByRule(entry, 'hold');
    else if (this.#host.freshness.deadline?.(entry.record, this.#host.now())) this.#host.freshness.tooOld(entry);
    else this.#host.offer(entry);
  }

  #fillRows(room: number): void {
    const now = this.#host.now();
    const isDue = this.#takesEarly || (this.#nextRetryAt !== null && this.#nextRetryAt <= now);
    if (this.#readingRows || !isDue || this.#host.pendingCount() >= room) return;
    this.#readingRows = true;
    this.#takeUpRows(now, room)
      .catch((error) => this.#host.bug(error))
      .finally(() => {
        this.#readingRows = false;
        this.#readingEnded();
        this.#host.wake();
      });
  }

  async #takeUpRows(now: number, room: number): Promise<void> {
    const { log, destination } = this.#host;
    this.#nextRetryAt = null;
    const isEarly = this.#takesEarly;
    const rows = await log.dueRetries(destination, isEarly ? Number.MAX_SAFE_INTEGER : now, room + this.#taken.size);
    const due = rows.filter((row) => this.#isFree(rowKey(row.seq, row.gen))).slice(0, room);
    if (isEarly) this.#takesEarly = due.length === room;
    const fresh = isEarly ? due : this.#withinBudget(due);
    for (const row of fresh) this.take(rowKey(row.seq, row.gen));
    const seqs = [...new Set(fresh.map((row) => row.seq))];
    const records = new Map((await log.readSeqs(destination, seqs)).map((record) => [record.seq, record]));
    for (const row of fresh) {
      const record = records.get(row.seq);
      if (!record) continue;
      this.take(rowKey(row.seq, row.gen), record.bytes);
      const entry = entryOf(regenerated(record, row.gen), 'row', row.attempt);
      entry.domain = row.domain ?? null;
      if (row.class === sendingClass && this.#host.giveUp && !this.#host.isAway(row.seq)) this.#host.giveUp(entry);
      else this.#route(entry, this.#host.rules());
    }
    if (fresh.length < due.length) return this.retryDueAt(now + budgetPollMs);
    const next = await log.nextRetryAt(destination);
    if (next !== null) this.retryDueAt(fresh.length === room ? now : Math.max(next, now + retryPollMs));
  }

  /** Leaves out resends that have no budget now; what was never sent needs none. */
  #withinBudget(rows: readonly SideRow[]): readonly SideRow[] {
    if (!rows.some(isResend)) return rows;
    const { budget } = this.#host;
    let left = budget.available();
    const fresh = rows.filter((row) => !isResend(row) || left-- > 0);
    budget.use(fresh.filter(isResend).length);
    return fresh;
  }

  #fillHeld(room: number): void {
    if (this.#readingHeld || this.#heldAfter === null || this.#host.pendingCount() >= room) return;
    const limit = this.#pace ? Math.min(heldPage, this.#pace.available(this.#host.now())) : heldPage;
    if (limit === 0) return;
    this.#readingHeld = true;
    this.#takeUpHeld(this.#heldAfter, limit)
      .catch((error) => this.#host.bug(error))
      .finally(() => {
        this.#readingHeld = false;
        this.#readingEnded();
        this.#host.wake();
      });
  }

  async #takeUpHeld(after: number, limit: number): Promise<void> {
    const { log, destination } = this.#host;
    this.#heldAfter = null;
    const seqs = await log.heldSeqs(destination, after, limit);
    if (seqs.length === limit && this.#heldAfter === null) this.#heldAfter = seqs.at(-1) as number;
    const fresh = seqs.filter((seq) => this.#isFree(`held/${seq}`));
    const records = fresh.length > 0 ? await log.readSeqs(destination, fresh) : [];
    const rules = this.#host.rules();
    if (rules.parked) {
      this.#heldAfter = 0;
      return;
    }
    for (const record of records) {
      const fate = rules.isPlain ? 'flow' : rules.fateOf(record);
      if (fate === 'hold' && !this.#host.isAway(record.seq)) continue;
      this.take(`held/${record.seq}`, record.bytes);
      this.#pace?.use(1);
      this.#goOn(entryOf(record, 'held'), fate);
    }
  }
}
