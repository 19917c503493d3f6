import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import { err, type Result } from '#contract/result.ts';
import { createAcceptedTotals } from '../accepted.ts';
import type { LiveFile, LogView } from '../backing-up.ts';
import type { Clock } from '../clock.ts';
import { isCrowd } from '../crowd.ts';
import { createDedupeTable } from '../dedupe-table.ts';
import { createDedupeWindow } from '../dedupe-window.ts';
import type { Diverting } from '../diverting.ts';
import type {
  Appended,
  AppendRequest,
  CommitListener,
  EventLog,
  FoundEvent,
  LanePage,
  LedgerView,
  LogRecord,
  LogStats,
  ReadLimit,
  RouteId,
  SettleDelta,
} from '../event-log.ts';
import { createRecentFacts } from '../recent-facts.ts';
import type { Replaying } from '../replaying.ts';
import type { Retaining } from '../retaining.ts';
import { createRouteTable, type RouteTable } from '../routes.ts';
import { createTail, type Tail } from '../tail.ts';
import type { Uncertain } from '../uncertain.ts';
import { type Auditor, createAuditor } from './auditor.ts';
import { takeView } from './backup-view.ts';
import { ledgerOf } from './check-ledger.ts';
import { Committer } from './committer.ts';
import { decodePage } from './decode-page.ts';
import { loadDedupe } from './dedupe-loader.ts';
import { createDiskGuard, type DiskGuard } from './disk-guard.ts';
import { createSqliteDiverting } from './diverting.ts';
import { createSqliteErasing, type SqliteErasing } from './erasing.ts';
import { Lanes } from './lanes.ts';
import type { LanesOps } from './lanes-store.ts';
import type { WriterOpened } from './log-writer.ts';
import type { Limits } from './options.ts';
import { readRecords } from './read-records.ts';
import { createSqliteReplaying } from './replaying.ts';
import { createSqliteRetaining } from './retaining.ts';
import { findEvents } from './search.ts';
import { createSegmentCatalog, type SegmentCatalog } from './segment-catalog.ts';
import { createSourceTable } from './sources.ts';
import { tailPage } from './tail-page.ts';
import { createTruncating, type Truncating } from './truncating.ts';
import type { WorkerStarter, Workers } from './workers.ts';

export interface SqliteLog extends EventLog {
  /** Resolves when duplicates are recognised and ingest is open. */
  ready(): Promise<void>;
  /** Ends the workers at once, as a crash would: nothing is drained. For tests. */
  kill(): Promise<void>;
}

type LanesOpened = ReturnType<LanesOps['open']>;

const pressureEveryMs = 1000;
/** The tail is kept while a lane read from it within this time. */
const followedMs = 1000;

export class SqliteEventLog implements SqliteLog {
  readonly durability = 'fsync';
  readonly incarnation: string;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #workers: Workers;
  readonly #routes: RouteTable;
  readonly #totals = createAcceptedTotals();
  readonly #sources;
  readonly #tail: Tail;
  /** When a lane last read from the tail, monotonic ms. An opening counts: lanes come right after it. */
  #followedAt: number;
  readonly #dedupe = createDedupeTable();
  readonly #window;
  readonly #segments: SegmentCatalog;
  readonly #guard: DiskGuard;
  readonly #committer: Committer;
  readonly #lanes: Lanes;
  readonly #auditor: Auditor;
  readonly #listeners = new Set<CommitListener>();
  /** Why ingest must wait for the dedupe table, or cannot have it; null once it is loaded. */
  #notLoaded: AppError | null = appError('INGEST_STARTING');
  readonly #loading: Promise<void>;
  readonly #truncating: Truncating;
  readonly #erasing: SqliteErasing;
  readonly #retaining: Retaining;
  readonly replaying: Replaying;
  readonly diverting: Diverting;
  #pressedAt = Number.NEGATIVE_INFINITY;
  #isOver = false;

  constructor(limits: Limits, clock: Clock, workers: Workers, starter: WorkerStarter, opened: WriterOpened, lanes: LanesOpened) {
    this.#limits = limits;
    this.#clock = clock;
    this.#workers = workers;
    this.#routes = createRouteTable();
    for (const { id, ordinals } of opened.routes) this.#routes.restore(id, ordinals);
    this.#totals.add(opened.totals);
    this.#sources = createSourceTable(opened.sources);
    this.#followedAt = limits.monotonic();
    this.#tail = createTail(opened.head, limits.tailBytes);
    this.#window = createDedupeWindow(limits.dedupeWindowMs, limits.dedupeMaxEntries);
    this.#segments = createSegmentCatalog(opened.segments, limits, opened.startedAt);
    this.#guard = createDiskGuard(limits);
    this.#guard.setSegments(this.#segments.bytes);
    this.#guard.setLanes(lanes.bytes);
    const recent = createRecentFacts(opened.head, this.#routes, limits.recentEvents);
    const shared = {
      clock,
      routes: this.#routes,
      totals: this.#totals,
      recent,
      guard: this.#guard,
      reader: workers.reader,
      bug: (error: unknown) => this.#bug(error),
    };
    this.#committer = new Committer(
      {
        ...shared,
        limits,
        sources: this.#sources,
        tail: this.#tail,
        isFollowed: () => limits.monotonic() - this.#followedAt < followedMs,
        dedupe: this.#dedupe,
        window: this.#window,
        segments: this.#segments,
        writer: workers.writer,
        identify: async (seqs) => new Map((await this.#records(seqs)).map((record) => [record.seq, record])),
        isCrowded: () => isCrowd(this.#lanes.count),
        committed: (newHead, taken) => this.#committed(newHead, taken),
      },
      opened.head,
    );
    this.#lanes = new Lanes({ ...shared, store: workers.lanes, head: () => this.#committer.head }, lanes.lanes);
    this.incarnation = lanes.incarnation;
    const records = (seqs: readonly number[]) => this.#records(seqs);
    this.replaying = createSqliteReplaying({ lanes: this.#lanes, reader: workers.reader, segments: this.#segments, records });
    this.diverting = createSqliteDiverting({ lanes: this.#lanes, routes: this.#routes, reader: workers.reader });
    const { folder, monotonic, onCrash } = limits;
    this.#auditor = createAuditor({ folder, reader: workers.reader, startReader: () => starter.reader(onCrash), monotonic });
    this.#truncating = createTruncating(
      {
        folder,
        segments: this.#segments,
        guard: this.#guard,
        reader: workers.reader,
        lanes: workers.lanes,
        now: () => this.#clock.now(),
        lowestCursor: () => this.#lanes.lowestCursor(),
      },
      () => this.#guard.bytes > limits.pressureBytes,
    );
    const own = { segments: this.#segments, truncating: this.#truncating, lanes: this.#lanes, tail: this.#tail };
    const parts = { ...own, folder, reader: workers.reader };
    const times = { head: () => this.#committer.head, now: () => this.#clock.now(), whenAppended: () => this.whenAppended() };
    this.#erasing = createSqliteErasing({ ...parts, ...times, store: workers.lanes, startEraser: () => starter.eraser(onCrash) });
    this.#retaining = createSqliteRetaining({ ...parts, ...times });
    this.#segments.onStart = () => this.#segmentStarted();
    this.#loading = this.#load();
  }

  async #load(): Promise<void> {
    try {
      await loadDedupe({
        reader: this.#workers.reader,
        dedupe: this.#dedupe,
        window: this.#window,
        head: this.#committer.head,
        minAt: this.#clock.now() - this.#limits.dedupeWindowMs,
        maxEntries: this.#limits.dedupeMaxEntries,
      });
      this.#notLoaded = null;
    } catch (error) {
      if (this.#isOver) return;
      if (error instanceof AppFailure) this.#notLoaded = error.error;
      else this.#bug(error);
    }
  }

  #bug(error: unknown): void {
    if (!this.#isOver) this.#limits.onCrash(error instanceof Error ? error : new Error(String(error)));
  }

  #segmentStarted(): void {
    this.#workers.reader.call('setSegments', { segments: this.#segments.firsts }).catch((error) => this.#bug(error));
    this.#truncateBehind(this.#limits.retentionMs());
  }

  /** Truncation that nobody waits for. A store that cannot write now is asked again later. */
  #truncateBehind(keepMs: number): void {
    this.truncate(keepMs).catch((error) => {
      if (!(error instanceof AppFailure)) this.#bug(error);
    });
  }

  #committed(head: number, taken: ReadonlySet<RouteId>): void {
    const segment = this.#segments.checkpointDue();
    // A checkpoint that fails is made up for by the writer's own.
    if (segment !== null) this.#workers.reader.call('checkpoint', { segment }).catch(() => {});
    this.#makeRoom();
    const reached = new Set([...taken].flatMap((route) => this.#routes.ordinalsOf(route)));
    const destinations = [...reached].flatMap((ordinal) => this.#lanes.destinationOf(ordinal) ?? []);
    for (const listener of this.#listeners) listener(head, destinations);
  }

  #records(seqs: readonly number[]): Promise<LogRecord[]> {
    return readRecords(this.#tail, this.#workers, seqs, this.#committer.head);
  }

  now(): number {
    return this.#clock.now();
  }

  preciseNow(): number {
    return this.#clock.preciseNow();
  }

  head(): number {
    return this.#committer.head;
  }

  async ready(): Promise<void> {
    await this.#loading;
    if (this.#notLoaded) throw new AppFailure(this.#notLoaded);
  }

  register(destination: string): Promise<number> {
    return this.#lanes.register(destination);
  }

  retire(destination: string): Promise<void> {
    return this.#lanes.retire(destination);
  }

  route(ordinals: readonly number[]): number {
    return this.#routes.intern(ordinals);
  }

  refusal(): AppError | null {
    // Where ingest is refused no commit comes by any more, so room is made from here too.
    this.#makeRoom();
    return this.#notLoaded ?? this.#committer.refusal();
  }

  /** Near the end of the budget, segments that every lane has passed go before their time. */
  #makeRoom(): void {
    if (this.#guard.bytes <= this.#limits.pressureBytes || this.#limits.monotonic() - this.#pressedAt <= pressureEveryMs) return;
    this.#pressedAt = this.#limits.monotonic();
    this.#truncateBehind(0);
  }

  whenAppended(): Promise<void> {
    return this.#committer.whenAnswered();
  }

  append(request: AppendRequest): Promise<Result<Appended>> {
    return this.#notLoaded ? Promise.resolve(err(this.#notLoaded)) : this.#committer.append(request);
  }

  open(destination: string, uncertain: Uncertain | null = null) {
    return this.#lanes.open(destination, uncertain);
  }

  readTail(destination: string, after: number, limit: ReadLimit): LanePage | 'evicted' {
    this.#followedAt = this.#limits.monotonic();
    const parts = { tail: this.#tail, routes: this.#routes, head: this.#committer.head };
    return tailPage(parts, this.#lanes.ordinalOf(destination), after, limit);
  }

  async readDisk(destination: string, after: number, limit: ReadLimit): Promise<LanePage> {
    const { head } = this.#committer;
    if (after >= head) return { records: [], through: after };
    const ordinal = this.#lanes.ordinalOf(destination);
    const page = await this.#workers.reader.call('page', { ordinal, after, head, events: limit.events, bytes: limit.bytes });
    return { records: decodePage(page), through: page.through };
  }

  readSeqs(_destination: string, seqs: readonly number[]): Promise<readonly LogRecord[]> {
    return this.#records(seqs);
  }

  watch(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  settle(delta: SettleDelta): Promise<void> {
    return this.#lanes.settle(delta);
  }

  dueRetries(destination: string, atMs: number, limit: number) {
    return this.#workers.reader.call('dueRetries', { ordinal: this.#lanes.ordinalOf(destination), atMs, limit });
  }

  nextRetryAt(destination: string): Promise<number | null> {
    return this.#workers.reader.call('nextRetryAt', { ordinal: this.#lanes.ordinalOf(destination) });
  }

  heldSeqs(destination: string, after: number, limit: number) {
    return this.#workers.reader.call('heldSeqs', { ordinal: this.#lanes.ordinalOf(destination), after, limit });
  }

  async deadLetters(destination: string, afterSeq: number, limit: number) {
    const { ordinal, sums } = this.#lanes.stateOf(destination);
    const rows = await this.#workers.reader.call('deadRows', { ordinal, afterSeq, limit });
    const records = new Map((await this.#records(rows.map((row) => row.seq))).map((record) => [record.seq, record]));
    return { total: sums.dead?.count ?? 0, rows: rows.map((row) => ({ row, record: records.get(row.seq) ?? null })) };
  }

  backlog(destination: string) {
    return this.#lanes.backlog(destination);
  }

  async ledger(destination: string): Promise<LedgerView> {
    const { ordinal, birth, closedAt } = this.#lanes.stateOf(destination);
    const recount = await this.#auditor.recount(ordinal);
    // Head and totals belong together and are read after the cursor, which they are never below.
    const head = closedAt ?? this.#committer.head;
    const routed = this.#totals.routedTo(this.#routes, ordinal);
    const accepted = closedAt === null ? routed : (recount.sums.passed ?? routed);
    const waiting = await this.#lanes.waiting(ordinal, recount.cursor, head);
    return ledgerOf({ destination, birth, head, accepted, waiting, recount });
  }

  async find(messageId: string, source?: string): Promise<readonly FoundEvent[]> {
    const search = {
      reader: this.#workers.reader,
      dedupe: this.#dedupe,
      head: this.#committer.head,
      sources: source === undefined ? this.#sources.names : [source],
      records: (seqs: readonly number[]) => this.#records(seqs),
      lanes: this.#lanes.living,
      routes: this.#routes,
    };
    return findEvents(search, messageId);
  }

  stats(): LogStats {
    const head = this.#committer.head;
    return {
      bytes: this.#guard.bytes,
      segments: this.#segments.count,
      diskFreeBytes: this.#guard.freeBytes,
      dedupeEntries: Math.min(this.#dedupe.size, head - this.#window.floor + 1),
      dedupeWindowMs: this.#window.spanMs(this.#clock.now()),
      commitMs: this.#committer.takeSamples(),
      settleMs: this.#lanes.takeSamples(),
    };
  }

  truncate(olderThanMs: number, keepBytes?: number): Promise<number> {
    return this.#truncating.run(olderThanMs, keepBytes);
  }

  readonly personalEvents: SqliteErasing['personalEvents'] = (...args) => this.#erasing.personalEvents(...args);
  readonly erase: SqliteErasing['erase'] = (...args) => this.#erasing.erase(...args);
  readonly obligations: SqliteErasing['obligations'] = (...args) => this.#erasing.obligations(...args);
  readonly kept: Retaining['kept'] = () => this.#retaining.kept();
  readonly deadSlice: Retaining['deadSlice'] = (...args) => this.#retaining.deadSlice(...args);

  takeView(copyLive: (files: readonly LiveFile[]) => Promise<void>): Promise<LogView> {
    const { folder } = this.#limits;
    const deps = { folder, incarnation: this.incarnation, segments: this.#segments, guard: this.#guard, lanes: this.#lanes };
    return takeView({ ...deps, writer: this.#workers.writer, truncating: this.#truncating }, copyLive);
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    await this.#loading;
    await this.#erasing.close();
    await this.#committer.drain();
    await this.#lanes.drain();
    await this.#truncating.drain();
    this.#isOver = true;
    this.#listeners.clear();
    const { writer, reader, lanes } = this.#workers;
    await reader.call('close', null);
    try {
      await lanes.call('close', null);
      await writer.call('close', this.#committer.snapshot());
    } finally {
      await this.#stopWorkers();
    }
  }

  async kill(): Promise<void> {
    this.#isOver = true;
    await this.#erasing.stop();
    await this.#stopWorkers();
  }

  async #stopWorkers(): Promise<void> {
    await Promise.all(Object.values(this.#workers).map((worker) => worker.stop()));
  }
}
