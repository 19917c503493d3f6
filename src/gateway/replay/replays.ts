/**
 * The replays of a node: kept in line with their documents, stepped, ended, and told of.
 *
 * The document says what is wanted (destination, selection, pace, running or paused), the log how far it is. So a
 * replay that was running when the process ended goes on where it was, and a command only ever writes a document.
 */
import type { Document } from '#contract/documents/document.ts';
import type { Replay, ReplayCounts } from '#contract/documents/replay.ts';
import { AppFailure } from '#contract/errors.ts';
import type { ReplayReading } from '#contract/operations/replay.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { isKind } from '#gateway/control/store/heads.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import type { EventLog, LogRecord } from '#gateway/log/event-log.ts';
import type { ReplayState } from '#gateway/log/replaying.ts';
import { createCandidates } from './candidates.ts';
import { Job } from './job.ts';
import { createRate, type Rate } from './rate.ts';

export interface ReplaysDeps {
  readonly store: DocumentStore;
  readonly log: EventLog;
  /** Living lanes by destination. */
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Whether today's documents send an event to a destination. */
  wants(destination: string, record: LogRecord): boolean;
  /** Epoch ms with fractions. */
  now(): number;
  /** A bug, or a store that cannot write: the replay goes on or has failed, and says so. */
  report(error: unknown): void;
}

interface Running {
  readonly job: Job;
  readonly rate: Rate;
  isBusy: boolean;
  /** When a store that could not write is asked again, epoch ms. */
  retryAt: number;
  problem: string;
}

export type Listener = (readings: readonly ReplayReading[]) => void;

const storeRetryMs = 1000;
const nothing: ReplayCounts = { given: 0, skipped: 0, delivered: 0, failed: 0, ended: 0, open: 0 };

export class Replays {
  readonly #deps: ReplaysDeps;
  readonly #running = new Map<string, Running>();
  readonly #listeners = new Set<Listener>();
  readonly #steps = new Set<Promise<void>>();
  readonly #unwatch: () => void;
  /** Those whose end was not told yet. */
  #justEnded: string[] = [];
  #isClosed = false;

  constructor(deps: ReplaysDeps) {
    this.#deps = deps;
    this.#unwatch = deps.store.watch((documents) => {
      for (const document of documents) if (isKind(document, 'replay')) this.#follow(document);
    });
    for (const document of deps.store.list('replay')) this.#follow(document);
  }

  #follow({ id, value }: Document<'replay'>): void {
    if (value?.state !== 'running') {
      if (this.#running.delete(id)) this.#justEnded.push(id);
      return;
    }
    const known = this.#running.get(id);
    if (known) known.job.setPace(value.pacePerSecond);
    else this.#running.set(id, this.#begin(id, value));
  }

  #begin(id: string, replay: Replay): Running {
    const { log, lanes, wants, now } = this.#deps;
    const { destination, selection, startedAt } = replay;
    const candidates = createCandidates({ log, destination, wants: (record) => wants(destination, record) }, selection, startedAt);
    const job = new Job(id, replay, { log, candidates, lane: () => lanes.get(destination) ?? null, now });
    return { job, rate: createRate(now()), isBusy: false, retryAt: 0, problem: '' };
  }

  /** Steps what is due. Called on a heartbeat. */
  async tick(): Promise<void> {
    if (this.#isClosed || this.#running.size === 0) return;
    const turn = Promise.all([...this.#running].map(([id, one]) => this.#step(id, one))).then(() => undefined);
    this.#steps.add(turn);
    await turn.finally(() => this.#steps.delete(turn));
  }

  async #step(id: string, one: Running): Promise<void> {
    const { store, now } = this.#deps;
    const replay = store.get('replay', id)?.value;
    if (!replay || one.isBusy || now() < one.retryAt) return;
    if (!store.get('destination', replay.destination)?.value) return this.#end(id, 'failed', 'its destination was removed');
    one.isBusy = true;
    try {
      await one.job.step();
      one.problem = '';
      if (one.job.isOver) this.#end(id, 'done', '');
    } catch (error) {
      this.#stepFailed(id, one, error);
    } finally {
      one.isBusy = false;
    }
  }

  #stepFailed(id: string, one: Running, error: unknown): void {
    if (this.#isClosed) return;
    this.#deps.report(error);
    one.problem = 'the store, which cannot be written now';
    one.retryAt = this.#deps.now() + storeRetryMs;
    if (!(error instanceof AppFailure)) this.#end(id, 'failed', 'stopped by a bug, see the gateway log');
  }

  /** Writes down that a replay ended by itself. Where that cannot be written, the next step tries it again. */
  #end(id: string, state: 'done' | 'failed', detail: string): void {
    const { store, log } = this.#deps;
    const document = store.get('replay', id);
    if (document?.value?.state !== 'running') return;
    const value = { ...document.value, state, detail, endedAt: log.now(), counts: this.counts(id, document.value) };
    const { given, delivered, failed } = value.counts;
    store.commit([{ kind: 'replay', id, value, expectedRevision: document.revision }], {
      by: 'system',
      action: `replay.${state}`,
      target: `replay/${id}`,
      reason: detail || `${given} given anew, ${delivered} delivered, ${failed} dead again`,
      commandId: null,
    });
  }

  /** Resolves when every step under way has ended: what was paused or cancelled before gives nothing more. */
  async idle(): Promise<void> {
    await Promise.all(this.#steps);
  }

  /** Where the log says that it is; null where it has not begun, or its destination is gone. */
  #stateOf(id: string, { destination }: Replay): ReplayState | null {
    const own = this.#running.get(id)?.job.state;
    if (own) return own;
    const { log, lanes } = this.#deps;
    return lanes.has(destination) ? (log.replaying.replays(destination).find((state) => state.id === id) ?? null) : null;
  }

  /** What came of it so far. */
  counts(id: string, replay: Replay): ReplayCounts {
    const state = this.#stateOf(id, replay);
    if (!state) return replay.counts ?? nothing;
    const { given, skipped, delivered, failed, ended, open } = state;
    return { given, skipped, delivered, failed, ended, open };
  }

  reading(id: string, replay: Replay): ReplayReading {
    const one = this.#running.get(id);
    const counts = this.counts(id, replay);
    const left = Math.max(0, replay.selected - counts.given - counts.skipped);
    const perSecond = one?.rate.perSecond ?? 0;
    const { destination, state, selected, pacePerSecond } = replay;
    const isRunning = state === 'running' && one !== undefined;
    return {
      id,
      destination,
      state,
      selected,
      counts,
      pacePerSecond,
      perSecond,
      etaMs: isRunning && perSecond > 0 ? (left / perSecond) * 1000 : null,
      waitsFor: isRunning ? one.problem || one.job.waitsFor : state === 'paused' ? replay.detail : '',
    };
  }

  /** Once a second: rates, and what is told to subscribers. */
  everySecond(): void {
    const { store, now } = this.#deps;
    const readings: ReplayReading[] = [];
    for (const id of [...this.#running.keys(), ...this.#justEnded]) {
      const replay = store.get('replay', id)?.value;
      if (!replay) continue;
      this.#running.get(id)?.rate.sample(this.counts(id, replay).given, now());
      readings.push(this.reading(id, replay));
    }
    this.#justEnded = [];
    if (readings.length > 0) for (const listener of this.#listeners) listener(readings);
  }

  /** The readings of all replays under way. */
  now(): readonly ReplayReading[] {
    const { store } = this.#deps;
    return store.list('replay').flatMap(({ id, value }) => (value && this.#running.has(id) ? [this.reading(id, value)] : []));
  }

  /** Calls back with the readings of all replays under way, and of those that ended since. Returns the unsubscriber. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unwatch();
    this.#running.clear();
    await this.idle();
  }
}
