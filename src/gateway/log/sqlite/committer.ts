/**
 * Group commit. A group is what was queued when the last commit ended; no timer, but with a crowd of lanes, where commits
 * begin at least `gatherMs` apart. While one group is with
 * the writer, requests queue. A group that fails is tried again request by request, so that one
 * cannot fail the others. Only what is committed becomes visible.
 */
import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { AcceptedTotals } from '../accepted.ts';
import type { Clock } from '../clock.ts';
import type { DedupeTable } from '../dedupe-table.ts';
import type { DedupeWindow } from '../dedupe-window.ts';
import type { Appended, AppendRequest, LogRecord, RouteId } from '../event-log.ts';
import { createIngestQueue } from '../ingest-queue.ts';
import type { RecentFacts } from '../recent-facts.ts';
import { createRounds, type Round } from '../rounds.ts';
import type { RouteTable } from '../routes.ts';
import type { Tail } from '../tail.ts';
import { maxRequests, noElement } from './chunk-format.ts';
import type { DiskGuard } from './disk-guard.ts';
import { type BuiltGroup, GroupBuilder, type Identity, type Pending } from './group.ts';
import type { Committed, WriterOps } from './log-writer.ts';
import type { Limits } from './options.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import type { SourceTable } from './sources.ts';
import type { WorkerClient } from './worker-client.ts';

const maxGroupEvents = 2048;
const maxGroupBytes = 1024 * 1024;
const maxQueueBytes = 32 * 1024 * 1024;
const maxQueueAgeMs = 1000;
const maxSamples = 4096;
/** A commit costs the main thread about what eight deliveries do, however small it is. */
const gatherMs = 5;
/** A snapshot is due after so many commits even where they are small: it bounds what an opening recounts. */
const maxCommitsToRecount = 8192;
const bufferStep = 64 * 1024;

export interface CommitterDeps {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly routes: RouteTable;
  readonly sources: SourceTable;
  readonly totals: AcceptedTotals;
  readonly tail: Tail;
  /** Whether any lane read from the tail lately. */
  isFollowed(): boolean;
  readonly recent: RecentFacts;
  readonly dedupe: DedupeTable;
  readonly window: DedupeWindow;
  readonly segments: SegmentCatalog;
  readonly guard: DiskGuard;
  readonly writer: Pick<WorkerClient<WriterOps>, 'call'>;
  /** Source and id of stored events; missing ones are left out. */
  identify(seqs: readonly number[]): Promise<ReadonlyMap<number, Identity>>;
  /** Whether there are so many lanes that commits are gathered. */
  isCrowded(): boolean;
  /** @param routes of the events that came with it */
  committed(head: number, routes: ReadonlySet<RouteId>): void;
  bug(error: unknown): void;
}

interface Waiting extends Pending {
  readonly round: Round;
  resolve(result: Result<Appended>): void;
  reject(error: unknown): void;
}

export class Committer {
  readonly #deps: CommitterDeps;
  readonly #queue = createIngestQueue<Waiting>();
  readonly #rounds = createRounds();
  readonly #builder: GroupBuilder;
  /** Requests of a failed group, to be tried one by one. */
  #singles: Waiting[] = [];
  #head: number;
  #isScheduled = false;
  #isCommitting = false;
  /** When the last commit began, ms of the process. */
  #begunAt = 0;
  #confirming = 0;
  #idle: (() => void) | null = null;
  #isClosed = false;
  #spare: ArrayBuffer | null = null;
  /** What an opening would have to recount. */
  #sinceSnapshot = { commits: 0, events: 0 };
  #writtenRoutes: number;
  #writtenSources: number;
  #samples: number[] = [];

  constructor(deps: CommitterDeps, head: number) {
    this.#deps = deps;
    this.#head = head;
    this.#writtenRoutes = deps.routes.size;
    this.#writtenSources = deps.sources.size;
    this.#builder = new GroupBuilder({
      dedupe: deps.dedupe,
      recordInMemory: (seq) => deps.tail.get(seq),
      sourceId: (source) => deps.sources.idOf(source),
      takeBuffer: (bytes) => this.#takeBuffer(bytes),
    });
  }

  get head(): number {
    return this.#head;
  }

  /** Commit times since the last call, ms. */
  takeSamples(): readonly number[] {
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  refusal(): AppError | null {
    const oldest = this.#queue.oldest();
    if (this.#queue.bytes > maxQueueBytes || (oldest !== null && this.#deps.limits.monotonic() - oldest > maxQueueAgeMs))
      return appError('INGEST_OVERLOADED');
    return this.#deps.guard.refusal();
  }

  append(request: AppendRequest): Promise<Result<Appended>> {
    if (this.#isClosed) return Promise.reject(new Error('the log is closed'));
    const refusal = this.refusal();
    if (refusal) return Promise.resolve(err(refusal));
    if (request.events.length >= noElement) throw new RangeError(`${request.events.length} events in one request`);
    if (request.events.length === 0) return Promise.resolve(ok({ seqs: [], accepted: 0, duplicate: 0 }));
    return new Promise((resolve, reject) => {
      const { source, body, events } = request;
      this.#queue.push({
        request,
        source,
        bytes: body.length,
        events: events.length,
        since: this.#deps.limits.monotonic(),
        confirmed: null,
        seqs: [],
        accepted: 0,
        round: this.#rounds.begin(),
        resolve,
        reject,
      });
      this.#schedule();
    });
  }

  /** Resolves when every request so far has its answer. */
  whenAnswered(): Promise<void> {
    return this.#rounds.whenEnded();
  }

  /** Resolves when everything appended has its answer. Takes nothing more. */
  async drain(): Promise<void> {
    this.#isClosed = true;
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  /** For a closing writer: totals as of the head. */
  snapshot(): { readonly snapshot: Float64Array; readonly seq: number } {
    return { snapshot: this.#deps.totals.snapshot(), seq: this.#head };
  }

  #isIdle(): boolean {
    return !this.#isCommitting && this.#confirming === 0 && this.#queue.length === 0 && this.#singles.length === 0;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isCommitting) return;
    this.#isScheduled = true;
    const next = () => {
      this.#isScheduled = false;
      this.#next();
    };
    const restMs = this.#deps.isCrowded() ? this.#begunAt + gatherMs - performance.now() : 0;
    if (restMs > 0) setTimeout(next, restMs);
    // After this turn's input, so that requests that came together share a commit.
    else setImmediate(next);
  }

  #next(): void {
    while (!this.#isCommitting && this.#queue.length + this.#singles.length > 0) {
      const single = this.#singles.shift();
      this.#build(single ? [single] : this.#queue.take(maxGroupEvents, maxGroupBytes, maxRequests - 1));
    }
    if (this.#isIdle()) this.#idle?.();
  }

  #build(candidates: readonly Waiting[]): void {
    const { window, dedupe, clock, segments } = this.#deps;
    const at = clock.now();
    window.advance(at, this.#head, segments.firstSeq);
    dedupe.floor = window.floor;
    this.#builder.begin(this.#head + 1);
    const group: Waiting[] = [];
    for (const waiting of candidates) {
      const unknown = this.#builder.add(waiting);
      if (unknown.length === 0) group.push(waiting);
      else void this.#confirm(waiting, unknown);
    }
    if (this.#builder.count === 0) this.#answer(group);
    else void this.#commit(this.#builder.finish(), group, at);
  }

  /** A duplicate is only what the record confirms: two ids may share a hash. */
  async #confirm(waiting: Waiting, seqs: readonly number[]): Promise<void> {
    this.#confirming++;
    try {
      const found = await this.#deps.identify(seqs);
      waiting.confirmed ??= new Map();
      for (const seq of seqs) waiting.confirmed.set(seq, found.get(seq) ?? null);
      this.#queue.unshift(waiting);
    } catch (error) {
      this.#fail([waiting], error);
    } finally {
      this.#confirming--;
      if (this.#isIdle()) this.#idle?.();
      else this.#schedule();
    }
  }

  async #commit(built: BuiltGroup, group: readonly Waiting[], at: number): Promise<void> {
    this.#isCommitting = true;
    const started = performance.now();
    this.#begunAt = started;
    const written = await this.#write(built, at).catch((error: unknown) => {
      this.#builder.undo();
      this.#isCommitting = false;
      this.#fail(group, error);
      return null;
    });
    // Outside of the catch: what throws from here on is a bug, not a commit that failed.
    if (written) {
      if (this.#samples.length < maxSamples) this.#samples.push(performance.now() - started);
      this.#spare = written.buffer;
      const routes = this.#publish(built, at);
      this.#isCommitting = false;
      this.#answer(group);
      this.#deps.committed(this.#head, routes);
    }
    if (this.#deps.isCrowded() && this.#queue.length > 0 && this.#singles.length === 0) this.#schedule();
    else this.#next();
  }

  async #write(built: BuiltGroup, at: number): Promise<Committed> {
    const { writer, routes, sources, segments, guard, totals, limits } = this.#deps;
    const { records: _records, summary: _summary, ...group } = built;
    const startsSegment = segments.isFull(at);
    const { size: routesSize } = routes;
    const { size: sourcesSize } = sources;
    const { commits, events } = this.#sinceSnapshot;
    const isSnapshotDue = startsSegment || events >= limits.snapshotEvents || commits >= maxCommitsToRecount;
    const snapshot = isSnapshotDue ? totals.snapshot() : null;
    const newRoutes = routes.from(startsSegment ? 0 : this.#writtenRoutes);
    const newSources = sources.from(startsSegment ? 0 : this.#writtenSources);
    const commit = { ...group, at, routes: newRoutes, sources: newSources, startsSegment, snapshot, maxPages: limits.maxSegmentPages() };
    const written = await writer.call('commit', commit, [built.buffer]);
    this.#writtenRoutes = routesSize;
    this.#writtenSources = sourcesSize;
    this.#sinceSnapshot = isSnapshotDue ? { commits: 1, events: built.count } : { commits: commits + 1, events: events + built.count };
    segments.committed(built.firstSeq, startsSegment, written);
    guard.setSegments(segments.bytes);
    guard.noteRoom();
    return written;
  }

  /** Makes a group visible; returns the routes that its events took. */
  #publish(built: BuiltGroup, at: number): ReadonlySet<RouteId> {
    const { totals, tail, recent, window, isFollowed } = this.#deps;
    totals.add(built.summary);
    const keeps = isFollowed();
    if (!keeps) tail.pass(built.firstSeq + built.count - 1);
    const taken = new Set<RouteId>();
    for (const record of built.records as readonly LogRecord[]) {
      if (keeps) tail.push(record);
      taken.add(record.route);
      recent.push(record.seq, record.route, record.bytes, record.receivedAt);
    }
    this.#head = built.firstSeq + built.count - 1;
    window.note(at, this.#head);
    return taken;
  }

  #answer(group: readonly Waiting[]): void {
    for (const { resolve, seqs, accepted, round } of group) {
      resolve(ok({ seqs, accepted, duplicate: seqs.length - accepted }));
      this.#rounds.end(round);
    }
  }

  #fail(group: readonly Waiting[], error: unknown): void {
    if (!(error instanceof AppFailure)) {
      for (const { reject, round } of group) {
        reject(error);
        this.#rounds.end(round);
      }
      this.#deps.bug(error);
      return;
    }
    const isFull = error.error.code === 'INGEST_DISK_FULL';
    if (isFull) this.#deps.guard.noteFull();
    if (group.length > 1) {
      this.#singles.unshift(...group);
      return;
    }
    // Where not even one request fits, the others of its group would fail alike.
    const failed = isFull ? [...group, ...this.#singles.splice(0)] : group;
    const answer = isFull ? error.error : appError('INGEST_STORE_FAILED', { ...error.error.details });
    for (const { resolve, round } of failed) {
      resolve(err(answer));
      this.#rounds.end(round);
    }
  }

  #takeBuffer(bytes: number): ArrayBuffer {
    const spare = this.#spare;
    this.#spare = null;
    if (spare && spare.byteLength >= bytes) return spare;
    return new ArrayBuffer(Math.ceil(bytes / bufferStep) * bufferStep);
  }
}
