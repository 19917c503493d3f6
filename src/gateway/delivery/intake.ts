/**
 * Brings a lane its work: new records from the log, due retries from side rows, and held events that a
 * switch released. At most one read of each kind is under way.
 */
import type { EventLog, LogRecord, SideRow } from '#gateway/log/event-log.ts';
import { createPace, type Pace } from './pace.ts';
import type { LaneRules, RuledFate } from './rules.ts';
import { type Entry, entryOf, type LaneWindow } from './window.ts';

export interface IntakeHost {
  readonly destination: string;
  readonly log: EventLog;
  readonly window: LaneWindow;
  now(): number;
  rules(): LaneRules;
  /** Entries in memory and not yet sent. */
  pendingCount(): number;
  offer(entry: Entry): void;
  /** Ends an entry by a switch or for want of consent. */
  settleByRule(entry: Entry, fate: RuledFate): void;
  wake(): void;
  bug(error: unknown): void;
}

const maxWindow = 8192;
const readEvents = 512;
const readBytes = 1024 * 1024;
const retryPollMs = 1000;
const heldPage = 256;

const rowKey = (seq: number, gen: number) => `${seq}/${gen}`;

export class Intake {
  readonly #host: IntakeHost;
  /** Rows and held seqs that are in memory, or whose end is not durable yet: not to be read again. */
  readonly #taken = new Set<string>();
  #readingLog = false;
  #readingRows = false;
  #readingHeld = false;
  #nextRetryAt: number | null;
  #heldAfter: number | null = 0;
  #pace: Pace | null = null;

  constructor(host: IntakeHost, nextRetryAt: number | null) {
    this.#host = host;
    this.#nextRetryAt = nextRetryAt;
  }

  /** Held events are looked at again: what a changed switch released, flows. */
  rulesChanged(): void {
    this.#heldAfter = 0;
    const pace = this.#host.rules().pace;
    this.#pace = pace ? createPace(pace.perSecond, this.#host.now()) : null;
  }

  retryDueAt(atMs: number): void {
    if (this.#nextRetryAt === null || atMs < this.#nextRetryAt) this.#nextRetryAt = atMs;
  }

  keyOf(entry: Entry): string | null {
    if (entry.origin === 'log') return null;
    return entry.origin === 'held' ? `held/${entry.record.seq}` : rowKey(entry.record.seq, entry.record.gen);
  }

  /** A detached entry is durable as a row from now on, and in memory. */
  take(key: string): void {
    this.#taken.add(key);
  }

  release(keys: readonly string[]): void {
    for (const key of keys) this.#taken.delete(key);
  }

  /** Reads until `room` entries are pending. `mayRetry`: rows and held events too. */
  fill(room: number, mayRetry: boolean): void {
    if (mayRetry) {
      this.#fillRows(room);
      this.#fillHeld(room);
    }
    while (this.#host.pendingCount() < room && this.#host.window.size < maxWindow && !this.#readingLog) {
      const limit = this.#paced(Math.min(readEvents, maxWindow - this.#host.window.size));
      if (limit === 0) return;
      const page = this.#host.log.readTail(this.#host.destination, this.#host.window.through, { events: limit, bytes: readBytes });
      if (page === 'evicted') return void this.#readDisk(limit);
      if (page.through === this.#host.window.through) return;
      this.#accept(page.records, page.through);
    }
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
    const fate = rules.isPlain ? 'flow' : rules.fateOf(entry.record);
    if (fate === 'flow') this.#host.offer(entry);
    else this.#host.settleByRule(entry, fate);
  }

  #fillRows(room: number): void {
    const now = this.#host.now();
    if (this.#readingRows || this.#nextRetryAt === null || this.#nextRetryAt > now || this.#host.pendingCount() >= room) return;
    this.#readingRows = true;
    this.#takeUpRows(now, room)
      .catch((error) => this.#host.bug(error))
      .finally(() => {
        this.#readingRows = false;
        this.#host.wake();
      });
  }

  async #takeUpRows(now: number, room: number): Promise<void> {
    const { log, destination } = this.#host;
    this.#nextRetryAt = null;
    const rows = await log.dueRetries(destination, now, room + this.#taken.size);
    const fresh = rows.filter((row) => !this.#taken.has(rowKey(row.seq, row.gen))).slice(0, room);
    const byKey = new Map<string, SideRow>(fresh.map((row) => [rowKey(row.seq, row.gen), row]));
    for (const key of byKey.keys()) this.#taken.add(key);
    const records = await log.readSeqs(
      destination,
      fresh.map((row) => row.seq),
    );
    for (const record of records) {
      const row = byKey.get(rowKey(record.seq, record.gen));
      if (row) this.#route(entryOf(record, 'row', row.attempt), this.#host.rules());
    }
    const next = await log.nextRetryAt(destination);
    if (next !== null) this.retryDueAt(fresh.length === room ? now : Math.max(next, now + retryPollMs));
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
        this.#host.wake();
      });
  }

  async #takeUpHeld(after: number, limit: number): Promise<void> {
    const { log, destination } = this.#host;
    this.#heldAfter = null;
    const seqs = await log.heldSeqs(destination, after, limit);
    if (seqs.length === limit && this.#heldAfter === null) this.#heldAfter = seqs.at(-1) as number;
    const fresh = seqs.filter((seq) => !this.#taken.has(`held/${seq}`));
    const records = fresh.length > 0 ? await log.readSeqs(destination, fresh) : [];
    const rules = this.#host.rules();
    if (rules.parked) {
      this.#heldAfter = 0;
      return;
    }
    for (const record of records) {
      const fate = rules.isPlain ? 'flow' : rules.fateOf(record);
      if (fate === 'hold') continue;
      this.#taken.add(`held/${record.seq}`);
      this.#pace?.use(1);
      const entry = entryOf(record, 'held');
      if (fate === 'flow') this.#host.offer(entry);
      else this.#host.settleByRule(entry, fate);
    }
  }
}
