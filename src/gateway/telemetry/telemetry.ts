/**
 * Once a second: closes the meter's window and draws up the tick, of one moment; then, each in a turn of its own, tells
 * subscribers, lets observers look, and hands the window to the store, which rolls it up and answers history.
 */
import { ok, type Result } from '#contract/result.ts';
import type { History } from '#contract/telemetry/history.ts';
import type { Lateness, ThrottleReading } from '#contract/telemetry/ingest.ts';
import type { Tick } from '#contract/telemetry/tick.ts';
import type { EventLog, LogStats } from '#gateway/log/event-log.ts';
import { exposition } from './exposition.ts';
import type { LaneReading } from './lane-reading.ts';
import type { MeterReader, MeterWindow } from './meter.ts';
import { metricFamilies } from './prometheus.ts';
import { Recent } from './recent.ts';
import { createResourceProbe, type ResourceProbe, type ResourceReading } from './resources.ts';
import { createTotalsBook, type SourceTotals } from './source-totals.ts';
import { createMemoryStore, createWorkerStore, type TelemetryStore } from './telemetry-store.ts';
import { buildTick, type TickParts } from './tick.ts';
import { createTurns } from './turns.ts';
import { createWindowWriter } from './windows.ts';

export const WINDOW_MS = 1000;
const noWindow: MeterWindow = { sources: new Map(), destinations: new Map() };

export type HistorySubject = { readonly type: 'destination' | 'source'; readonly id: string } | { readonly type: 'gateway' };

export interface TelemetryOptions {
  /** Where `telemetry.db` lives; null keeps history in memory. */
  readonly folder: string | null;
  /** Name of this gateway in ticks. */
  readonly node: string;
  readonly meter: MeterReader;
  readonly log: Pick<EventLog, 'head' | 'stats'>;
  /** The lanes' side of each destination's tick. Called once a second: cheap, from memory. */
  lanes(): readonly LaneReading[];
  /** Ids of the sources that exist. */
  sourceIds(): readonly string[];
  /** Why a source is held back now; absent: none ever is. */
  throttleOf?(source: string): ThrottleReading | null;
  /** Sockets open now. */
  sockets(): number;
  /** Epoch ms. */
  now(): number;
  readonly logger: { warn(details: object, message: string): void };
  /** Calls back after `delayMs`; returns what cancels it. Node's timer unless a test drives the clock. */
  readonly schedule?: ((callback: () => void, delayMs: number) => () => void) | undefined;
  /** Calls back in a later turn of the loop: Node's immediate unless a test has no time. */
  readonly nextTurn?: (work: () => void) => void;
}

/** Looks at each tick. What it returns is done piece by piece, a turn each. */
export type Observer = (tick: Tick, window: MeterWindow) => Iterable<void> | void;

export interface Telemetry {
  /** The last tick. Before the first second is over: how things stood at the start, so that who looks on need not wait for it. */
  latest(): Tick;
  /** Called for each tick with its JSON, made once for all. Returns the unsubscriber. */
  subscribe(listener: (tick: Tick, json: string) => void): () => void;
  /** Called for each tick after subscribers, without its JSON, and with what it was drawn from; may do its work in pieces. Returns the unsubscriber. */
  observe(listener: Observer): () => void;
  /** Stored series (see `queryHistory`). Rejects when the store is gone. */
  history(subject: HistorySubject, fromMs: number, toMs: number, maxPoints: number): Promise<History>;
  /** Ledger of the sources since they exist, up to now. On disk once a second: a crash costs at most that. */
  sourceTotals(): readonly SourceTotals[];
  /** How late the accepted events of a source were, since it exists. */
  lateness(source: string): Lateness;
  /** Text for /metrics. */
  prometheus(): string;
  /** The log's figures as of the last tick. */
  logStats(): LogStats | null;
  /** What is stored of the past, and for how long. */
  readonly stored: Pick<TelemetryStore, 'keepRollups' | 'kept' | 'purge'>;
  /** Closes the last window, stores it and stops. */
  close(): Promise<void>;
}

/** Starts telemetry. DATA_NEWER, DATA_READONLY from the store. */
export async function createTelemetry(options: TelemetryOptions): Promise<Result<Telemetry>> {
  const store = await openStore(options);
  if (!store.ok) return store;
  const totals = createTotalsBook(await store.value.totals());
  return ok(run(options, store.value, totals, createResourceProbe(options)));
}

async function openStore({ folder, logger }: TelemetryOptions): Promise<Result<TelemetryStore>> {
  return folder === null ? ok(createMemoryStore()) : createWorkerStore({ folder, logger });
}

function run(options: TelemetryOptions, store: TelemetryStore, book: ReturnType<typeof createTotalsBook>, probe: ResourceProbe): Telemetry {
  const { meter, now } = options;
  const schedule = options.schedule ?? nodeTimer;
  const writer = createWindowWriter(store);
  const listeners = new Set<(tick: Tick, json: string) => void>();
  const observers = new Set<Observer>();
  const turns = createTurns(options.nextTurn ?? setImmediate);
  let recents = new Map<string, Recent>();
  let lastAt = now();
  let latest = drawTick(lastAt, 0, noWindow, probe.read(lastAt, 0));
  let cancel = () => {};

  function drawTick(at: number, windowMs: number, window: MeterWindow, resources: ResourceReading): Tick {
    const lanes = options.lanes();
    recents = recentsAt(at, recents, lanes, window);
    return tickOf(options, recents, { at, windowMs, window, resources, lanes });
  }

  function closeWindow(at: number): void {
    turns.finish();
    const windowMs = at - lastAt;
    lastAt = at;
    const window = meter.take();
    const resources = probe.read(at, windowMs);
    const tick = drawTick(at, windowMs, window, resources);
    meter.retain(new Set(options.sourceIds()), new Set(recents.keys()));
    latest = tick;
    const changed = book.add(window);
    if (Object.keys(changed).length > 0) store.putTotals(changed);
    turns.add(follow(tick, window, resources));
  }

  /** First those who look on, then those who judge, then the store: it has time. */
  function* follow(tick: Tick, window: MeterWindow, resources: ResourceReading): Generator<void> {
    if (listeners.size > 0) {
      const json = JSON.stringify(tick);
      for (const listener of listeners) listener(tick, json);
      yield;
    }
    for (const observer of observers) {
      yield* observer(tick, window) ?? [];
      yield;
    }
    yield* writer.write(tick, window, resources);
  }

  function arm(): void {
    // On the full second, so that windows of one gateway and of its rollups share their edges.
    const restMs = WINDOW_MS - (now() % WINDOW_MS);
    // A timer that fired a little early must not make a window of a few milliseconds.
    const delayMs = restMs < WINDOW_MS / 4 ? restMs + WINDOW_MS : restMs;
    cancel = schedule(() => {
      // A clock that stepped back must not write one second twice: time goes on from where it was until the clock has caught up.
      closeWindow(now() > lastAt ? now() : lastAt + WINDOW_MS);
      arm();
    }, delayMs);
  }
  arm();

  return {
    latest: () => latest,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    observe(listener) {
      observers.add(listener);
      return () => void observers.delete(listener);
    },
    history: (subject, fromMs, toMs, maxPoints) =>
      store.history({ subject: { type: subject.type, id: subject.type === 'gateway' ? '' : subject.id }, fromMs, toMs, maxPoints }),
    sourceTotals: () => book.list(meter.pending()),
    lateness: (source) => book.lateness(source, meter.pending()),
    prometheus: () => exposition(metricFamilies(meter.totals, latest)),
    logStats: probe.logStats,
    stored: store,
    async close() {
      cancel();
      closeWindow(Math.max(now(), lastAt + 1));
      turns.finish();
      probe.close();
      await store.close();
    },
  };
}

function tickOf(
  { node, log, sourceIds, throttleOf }: TelemetryOptions,
  recents: ReadonlyMap<string, Recent>,
  moment: Pick<TickParts, 'at' | 'windowMs' | 'window' | 'resources' | 'lanes'>,
): Tick {
  return buildTick({
    ...moment,
    node,
    head: log.head(),
    sourceIds: sourceIds(),
    recentOf: (id) => recents.get(id) ?? new Recent(),
    throttleOf: (id) => throttleOf?.(id) ?? null,
  });
}

/** What lately happened in each lane; of lanes that are gone nothing is kept. */
function recentsAt(
  at: number,
  before: ReadonlyMap<string, Recent>,
  lanes: readonly LaneReading[],
  counted: ReturnType<MeterReader['take']>,
): Map<string, Recent> {
  const recents = new Map<string, Recent>();
  for (const { id } of lanes) {
    const recent = before.get(id) ?? new Recent();
    const window = counted.destinations.get(id);
    recent.add(at, window ? window.confirmed + window.accepted : 0, window?.failed ?? 0);
    recents.set(id, recent);
  }
  return recents;
}

function nodeTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}
