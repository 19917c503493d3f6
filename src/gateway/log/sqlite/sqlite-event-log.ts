import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import { err, type Result } from '#contract/result.ts';
import { createAcceptedTotals } from '../accepted.ts';
import type { Clock } from '../clock.ts';
import { createDedupeTable } from '../dedupe-table.ts';
import { createDedupeWindow } from '../dedupe-window.ts';
import type {
  Appended,
  AppendRequest,
  EventLog,
  FoundEvent,
  LanePage,
  LedgerView,
  LogRecord,
  LogStats,
  ReadLimit,
  SettleDelta,
} from '../event-log.ts';
import { createRecentFacts } from '../recent-facts.ts';
import { createRouteTable, type RouteTable } from '../routes.ts';
import { createTail, type Tail } from '../tail.ts';
import { type Auditor, createAuditor } from './auditor.ts';
import { ledgerOf } from './check-ledger.ts';
import { Committer } from './committer.ts';
import { decodePage } from './decode-page.ts';
import { loadDedupe } from './dedupe-loader.ts';
import { createDiskGuard, type DiskGuard } from './disk-guard.ts';
import { Lanes } from './lanes.ts';
import type { LaneState } from './lanes-store.ts';
import type { WriterOpened } from './log-writer.ts';
import type { Limits } from './options.ts';
import { findRecords, placesOf } from './search.ts';
import { createSegmentCatalog, type SegmentCatalog } from './segment-catalog.ts';
import { createSourceTable } from './sources.ts';
import { truncate } from './truncation.ts';
import type { WorkerStarter, Workers } from './workers.ts';

export interface SqliteLog extends EventLog {
  /** Resolves when duplicates are recognised and ingest is open. */
  ready(): Promise<void>;
  /** Ends the workers at once, as a crash would: nothing is drained. For tests. */
  kill(): Promise<void>;
}

const pressureEveryMs = 1000;

export class SqliteEventLog implements SqliteLog {
  readonly durability = 'fsync';
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #workers: Workers;
  readonly #routes: RouteTable;
  readonly #totals = createAcceptedTotals();
  readonly #sources;
  readonly #tail: Tail;
  readonly #dedupe = createDedupeTable();
  readonly #window;
  readonly #segments: SegmentCatalog;
  readonly #guard: DiskGuard;
  readonly #committer: Committer;
  readonly #lanes: Lanes;
  readonly #auditor: Auditor;
  readonly #listeners = new Set<(head: number) => void>();
  /** Why ingest must wait for the dedupe table, or cannot have it; null once it is loaded. */
  #notLoaded: AppError | null = appError('INGEST_STARTING');
  readonly #loading: Promise<void>;
  #truncating: Promise<number> = Promise.resolve(0);
  #pressedAt = Number.NEGATIVE_INFINITY;
  #isOver = false;

  constructor(
    limits: Limits,
    clock: Clock,
    workers: Workers,
    starter: WorkerStarter,
    opened: WriterOpened,
    lanes: readonly LaneState[],
    lanesBytes: number,
  ) {
    const { head } = opened;
    this.#limits = limits;
    this.#clock = clock;
    this.#workers = workers;
    this.#routes = createRouteTable();
    for (const { id, ordinals } of opened.routes) this.#routes.restore(id, ordinals);
    this.#totals.add(opened.totals);
    this.#sources = createSourceTable(opened.sources);
    this.#tail = createTail(head, limits.tailBytes);
    this.#window = createDedupeWindow(limits.dedupeWindowMs, limits.dedupeMaxEntries);
    this.#segments = createSegmentCatalog(opened.segments, limits.segmentBytes);
    this.#guard = createDiskGuard(limits);
    this.#guard.setSegments(this.#segments.bytes);
    this.#guard.setLanes(lanesBytes);
    const recent = createRecentFacts(head, this.#routes, limits.recentEvents);
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
        dedupe: this.#dedupe,
        window: this.#window,
        segments: this.#segments,
        writer: workers.writer,
        identify: async (seqs) => new Map((await this.#records(seqs)).map((record) => [record.seq, record])),
        committed: (newHead) => this.#committed(newHead),
      },
      head,
    );
    this.#lanes = new Lanes({ ...shared, store: workers.lanes, head: () => this.#committer.head }, lanes);
    const { folder, monotonic, onCrash } = limits;
    this.#auditor = createAuditor({ folder, reader: workers.reader, startReader: () => starter.reader(onCrash), monotonic });
    this.#segments.onStart = () => this.#segmentStarted();
    this.#loading = this.#load();
  }

  async #load(): Promise<void> {
    const { dedupeWindowMs, dedupeMaxEntries } = this.#limits;
    try {
      await loadDedupe({
        reader: this.#workers.reader,
        dedupe: this.#dedupe,
        window: this.#window,
        head: this.#committer.head,
        minAt: this.#clock.now() - dedupeWindowMs,
        maxEntries: dedupeMaxEntries,
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
    this.#truncateBehind(this.#limits.retentionMs);
  }

  /** Truncation that nobody waits for. A store that cannot write now is asked again later. */
  #truncateBehind(keepMs: number): void {
    this.truncate(keepMs).catch((error) => {
      if (!(error instanceof AppFailure)) this.#bug(error);
    });
  }

  #committed(head: number): void {
    const segment = this.#segments.checkpointDue();
    // A checkpoint that fails is made up for by the writer's own.
    if (segment !== null) this.#workers.reader.call('checkpoint', { segment }).catch(() => {});
    this.#makeRoom();
    for (const listener of this.#listeners) listener(head);
  }

  async #records(seqs: readonly number[]): Promise<LogRecord[]> {
    const found = new Map<number, LogRecord>();
    const missing: number[] = [];
    for (const seq of seqs) {
      const record = this.#tail.get(seq);
      if (record) found.set(seq, record);
      else missing.push(seq);
    }
    if (missing.length > 0)
      for (const record of decodePage(await this.#workers.reader.call('records', { seqs: missing, head: this.#committer.head })))
        found.set(record.seq, record);
    return seqs.flatMap((seq) => found.get(seq) ?? []);
  }

  now(): number {
    return this.#clock.now();
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

  append(request: AppendRequest): Promise<Result<Appended>> {
    return this.#notLoaded ? Promise.resolve(err(this.#notLoaded)) : this.#committer.append(request);
  }

  open(destination: string) {
    return this.#lanes.open(destination);
  }

  readTail(destination: string, after: number, limit: ReadLimit): LanePage | 'evicted' {
    const { head } = this.#committer;
    if (after >= head) return { records: [], through: after };
    if (after + 1 < this.#tail.first) return 'evicted';
    const ordinal = this.#lanes.ordinalOf(destination);
    const records: LogRecord[] = [];
    let bytes = 0;
    let through = after;
    while (through < head && records.length < limit.events && bytes < limit.bytes) {
      const record = this.#tail.get(++through);
      if (!record || !this.#routes.has(record.route, ordinal)) continue;
      records.push(record);
      bytes += record.bytes;
    }
    return { records, through };
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

  watch(listener: (head: number) => void): () => void {
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
    const lanes = this.#lanes.living;
    const sources = source === undefined ? this.#sources.names : [source];
    const search = {
      reader: this.#workers.reader,
      dedupe: this.#dedupe,
      head: this.#committer.head,
      sources,
      records: (seqs: readonly number[]) => this.#records(seqs),
    };
    const records = await findRecords(search, messageId);
    const ordinals = lanes.map((lane) => lane.ordinal);
    return Promise.all(
      records.map(async (record) => {
        const places = await this.#workers.reader.call('places', { seq: record.seq, ordinals });
        return { record, places: placesOf(record, lanes, places, this.#routes) };
      }),
    );
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

  truncate(olderThanMs: number): Promise<number> {
    const { folder } = this.#limits;
    const { reader, lanes } = this.#workers;
    const deps = {
      folder,
      segments: this.#segments,
      guard: this.#guard,
      reader,
      lanes,
      now: () => this.#clock.now(),
      lowestCursor: () => this.#lanes.lowestCursor(),
    };
    const turn = this.#truncating.then(() => truncate(deps, olderThanMs));
    this.#truncating = turn.catch(() => 0);
    return turn;
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    await this.#loading;
    await this.#committer.drain();
    await this.#lanes.drain();
    await this.#truncating;
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
    await this.#stopWorkers();
  }

  async #stopWorkers(): Promise<void> {
    await Promise.all(Object.values(this.#workers).map((worker) => worker.stop()));
  }
}
