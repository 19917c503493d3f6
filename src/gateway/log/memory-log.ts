/**
 * The event log in memory: for tests, and the plain model of what a driver does. Holds to
 * `conformance.ts`. Nothing survives the process.
 */
import { randomBytes } from 'node:crypto';
import { type AppError, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { LiveFile, LogView } from './backing-up.ts';
import { createClock } from './clock.ts';
import type { Diverting } from './diverting.ts';
import type { Erased, Obligations, PersonalPage } from './erasing.ts';
import type {
  Appended,
  AppendRequest,
  Backlog,
  CommitListener,
  EventLog,
  FoundEvent,
  LaneOpened,
  LanePage,
  LedgerView,
  LogRecord,
  LogStats,
  ReadLimit,
  SettleDelta,
  SideRow,
  Tally,
} from './event-log.ts';
import { createMemoryDiverting } from './memory/diverting.ts';
import { MemoryLane } from './memory/lane.ts';
import { deadSliceOf, keptOf, obligationsOf, personalEvents } from './memory/people.ts';
import { MemoryRecords } from './memory/records.ts';
import { createMemoryReplaying } from './memory/replaying.ts';
import { rowAt } from './memory/side-desk.ts';
import type { PeopleMatch } from './person-match.ts';
import type { Replaying } from './replaying.ts';
import type { DeadSlice, Kept } from './retaining.ts';
import { createRouteTable, type RouteTable } from './routes.ts';
import { addTally, emptyTally, tallyOf } from './tally.ts';
import type { Uncertain } from './uncertain.ts';

export interface MemoryLogOptions {
  readonly now?: () => number;
  /** Events the shared tail holds; older ones answer `evicted`. */
  readonly tailEvents?: number;
  /** Bytes of bodies it takes before it answers INGEST_DISK_FULL. */
  readonly capacityBytes?: number;
  /** How long a message id is remembered, ms. */
  readonly dedupeWindowMs?: number;
}

export function createMemoryLog(options: MemoryLogOptions = {}): EventLog {
  return new MemoryLog(options);
}

class MemoryLog implements EventLog {
  readonly durability = 'memory';
  readonly incarnation = randomBytes(6).toString('hex');
  readonly now: () => number;
  readonly preciseNow: () => number;
  readonly #tailEvents: number;
  readonly #capacityBytes: number;
  readonly #dedupeWindowMs: number;
  readonly #routes: RouteTable = createRouteTable();
  readonly #records: MemoryRecords;
  readonly #lanes = new Map<string, MemoryLane>();
  readonly #listeners = new Set<CommitListener>();
  /** Of the records that truncation took, per ordinal: they still count as accepted. */
  readonly #truncated = new Map<number, Tally>();
  readonly replaying: Replaying;
  readonly diverting: Diverting;
  #ordinals = 0;
  #births: Promise<unknown> = Promise.resolve();
  /** Views that a backup is copying. */
  #holds = 0;
  #isClosed = false;

  constructor(options: MemoryLogOptions) {
    const clock = createClock(options.now, options.now);
    this.now = clock.now;
    this.preciseNow = clock.preciseNow;
    this.#tailEvents = options.tailEvents ?? 16_384;
    this.#capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY;
    this.#dedupeWindowMs = options.dedupeWindowMs ?? 7 * 86_400_000;
    this.#records = new MemoryRecords(this.#routes, { dedupeWindowMs: this.#dedupeWindowMs, now: this.now });
    const laneOf = (destination: string) => this.#laneOf(destination);
    this.replaying = createMemoryReplaying({ records: this.#records, laneOf });
    this.diverting = createMemoryDiverting({
      routes: this.#routes,
      head: () => this.head(),
      laneOf,
      living: (destination) => this.#living.find((lane) => lane.destination === destination),
    });
  }

  #laneOf(destination: string): MemoryLane {
    const lane = this.#lanes.get(destination);
    if (!lane) throw new Error(`destination ${destination} is not registered`);
    return lane;
  }

  readonly #routedTo = (lane: MemoryLane) => (after: number, through: number) => this.#records.routed(lane.ordinal, after, through);

  get #living(): readonly MemoryLane[] {
    return [...this.#lanes.values()].filter((lane) => lane.closedAt === null);
  }

  head(): number {
    return this.#records.head;
  }

  async register(destination: string): Promise<number> {
    return this.#still(async () => {
      const known = this.#lanes.get(destination);
      if (known && known.closedAt === null) return known.ordinal;
      this.#lanes.set(destination, new MemoryLane(destination, this.#ordinals, this.head()));
      return this.#ordinals++;
    });
  }

  async retire(destination: string): Promise<void> {
    const lane = this.#laneOf(destination);
    await this.#still(async () => {
      if (lane.closedAt === null) lane.retire(this.head(), this.#routedTo(lane));
    });
  }

  route(ordinals: readonly number[]): number {
    return this.#routes.intern(ordinals);
  }

  refusal(): AppError | null {
    return this.#records.bytes >= this.#capacityBytes ? appError('INGEST_DISK_FULL') : null;
  }

  async append(request: AppendRequest): Promise<Result<Appended>> {
    if (this.#isClosed) throw new Error('the log is closed');
    if (this.#records.bytes + request.body.length > this.#capacityBytes) return err(appError('INGEST_DISK_FULL'));
    const before = this.head();
    const appended = this.#records.append(request);
    if (appended.accepted > 0) queueMicrotask(() => this.#tell(before));
    return ok(appended);
  }

  #tell(before: number): void {
    const reached = this.#living.filter((lane) => this.#records.routed(lane.ordinal, before, this.head()).length > 0);
    const destinations = reached.map((lane) => lane.destination);
    for (const listener of this.#listeners) listener(this.head(), destinations);
  }

  async open(destination: string, uncertain: Uncertain | null = null): Promise<LaneOpened> {
    const lane = this.#laneOf(destination);
    if (lane.closedAt !== null) throw new Error(`destination ${destination} is not registered`);
    lane.epoch++;
    if (uncertain !== null) lane.nameDomain(uncertain);
    return {
      epoch: lane.epoch,
      cursor: lane.cursor,
      held: lane.held.size,
      retrying: lane.in('retrying').length,
      dead: lane.in('dead').length,
      nextRetryAt: lane.nextRetryAt(),
    };
  }

  readTail(destination: string, after: number, limit: ReadLimit): LanePage | 'evicted' {
    if (after < this.head() - this.#tailEvents) return 'evicted';
    return this.#records.page(this.#laneOf(destination).ordinal, after, limit);
  }

  async readDisk(destination: string, after: number, limit: ReadLimit): Promise<LanePage> {
    return this.#records.page(this.#laneOf(destination).ordinal, after, limit);
  }

  async readSeqs(_destination: string, seqs: readonly number[]): Promise<readonly LogRecord[]> {
    return seqs.flatMap((seq) => this.#records.at(seq) ?? []);
  }

  watch(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async settle(delta: SettleDelta): Promise<void> {
    const lane = this.#laneOf(delta.destination);
    lane.settle(delta, this.head(), this.#routedTo(lane));
  }

  async dueRetries(destination: string, atMs: number, limit: number): Promise<readonly SideRow[]> {
    return this.#laneOf(destination).due(atMs, limit);
  }

  async nextRetryAt(destination: string): Promise<number | null> {
    return this.#laneOf(destination).nextRetryAt();
  }

  async heldSeqs(destination: string, after: number, limit: number): Promise<readonly number[]> {
    return this.#laneOf(destination).heldAfter(after, limit);
  }

  async deadLetters(destination: string, afterSeq: number, limit: number) {
    const { total, rows } = this.#laneOf(destination).deadAfter(afterSeq, limit);
    return { total, rows: rows.map((row) => ({ row, record: this.#records.at(row.seq) ?? null })) };
  }

  backlog(destination: string): Backlog {
    const lane = this.#laneOf(destination);
    const waiting = lane.closedAt === null ? this.#records.routed(lane.ordinal, lane.cursor, this.head()) : [];
    const bytes = waiting.reduce((sum, record) => sum + record.bytes, 0);
    return { events: waiting.length, bytes, oldestAt: waiting[0]?.receivedAt ?? null };
  }

  async ledger(destination: string): Promise<LedgerView> {
    const lane = this.#laneOf(destination);
    const present = this.#records.routed(lane.ordinal, lane.birth, lane.closedAt ?? this.head());
    const accepted = addTally(this.#truncated.get(lane.ordinal) ?? emptyTally, tallyOf(present));
    return lane.ledger(this.head(), accepted, this.#routedTo(lane));
  }

  async find(messageId: string, source?: string): Promise<readonly FoundEvent[]> {
    const matches = this.#records.where((record) => record.messageId === messageId && (source === undefined || record.source === source));
    return matches.map((record) => ({ record, places: this.#placesOf(record) }));
  }

  #placesOf(record: LogRecord): FoundEvent['places'] {
    return this.#living.flatMap(({ destination, birth, ordinal, cursor, held, rows, given }): FoundEvent['places'][number][] => {
      const row = rowAt(rows, record.seq) ?? null;
      if (row) return [{ destination, state: row.state, row }];
      if (given.has(record.seq)) return [{ destination, state: 'settled', row: null }];
      if (record.seq <= birth) return [];
      if (held.has(record.seq)) return [{ destination, state: 'held', row: null }];
      if (!this.#routes.has(record.route, ordinal)) return [{ destination, state: 'filtered', row: null }];
      return [{ destination, state: record.seq > cursor ? 'waiting' : 'settled', row: null }];
    });
  }

  stats(): LogStats {
    const { bytes, remembered } = this.#records;
    return {
      bytes,
      segments: 1,
      diskFreeBytes: null,
      dedupeEntries: remembered,
      dedupeWindowMs: this.#dedupeWindowMs,
      commitMs: [],
      settleMs: [],
    };
  }

  /** Only what no living lane refers to or still has to read. */
  async truncate(olderThanMs: number, keepBytes = 0): Promise<number> {
    if (this.#holds > 0 || this.#records.bytes <= keepBytes) return 0;
    const referred = this.#living.flatMap((lane) => [lane.cursor + 1, ...[...lane.rows.values()].map((row) => row.seq), ...lane.held]);
    const lowest = referred.reduce((least, seq) => Math.min(least, seq), this.head() + 1);
    const before = new Map([...this.#lanes.values()].map((lane) => [lane.ordinal, this.#records.routed(lane.ordinal, 0, lowest - 1)]));
    const { through, freed } = this.#records.truncate(lowest - 1, this.now() - olderThanMs);
    for (const [ordinal, records] of before) {
      const gone = tallyOf(records.filter((record) => record.seq <= through));
      this.#truncated.set(ordinal, addTally(this.#truncated.get(ordinal) ?? emptyTally, gone));
    }
    return freed;
  }

  async whenAppended(): Promise<void> {}

  async personalEvents(match: PeopleMatch, afterSeq: number): Promise<PersonalPage> {
    return personalEvents(this.#records, match, afterSeq);
  }

  async erase(match: PeopleMatch): Promise<Erased> {
    const { events } = personalEvents(this.#records, match, 0);
    const seqs = events.map(({ seq }) => seq);
    this.#records.erase(seqs);
    for (const lane of this.#lanes.values()) lane.desk.forgetEdits(seqs);
    return { events: events.length };
  }

  async obligations(destination: string, seqs: readonly number[]): Promise<Obligations> {
    return obligationsOf(this.#laneOf(destination), seqs);
  }

  async kept(): Promise<Kept> {
    return keptOf(this.#records, this.now());
  }

  async deadSlice(destination: string, afterSeq: number, beforeMs: number): Promise<DeadSlice> {
    return deadSliceOf(this.#laneOf(destination), this.#records, afterSeq, beforeMs);
  }

  /** Nothing to copy. Births wait and truncation is put off all the same, so that a test sees what a durable driver does. */
  async takeView(copyLive: (files: readonly LiveFile[]) => Promise<void>): Promise<LogView> {
    this.#holds++;
    let isHeld = true;
    const release = () => {
      if (isHeld) this.#holds--;
      isHeld = false;
    };
    try {
      const head = await this.#still(async () => {
        await copyLive([]);
        return this.head();
      });
      return { head, incarnation: this.incarnation, sealed: [], release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Runs `work` while no lane is born or ended. */
  #still<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#births.then(work);
    this.#births = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
  }
}
