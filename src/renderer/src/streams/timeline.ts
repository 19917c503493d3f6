/**
 * The samples of one subject over one span: history from the gateway, then ticks as they come.
 * Where the history has a step of one second ticks are appended; where it is coarser the tail
 * is asked for again, because percentiles of longer windows come from merged sketches only.
 */
import type { History } from '#contract/telemetry/history.ts';
import { errorClasses, type Tick } from '#contract/telemetry/tick.ts';
import type { ChartFeed, ChartFrame } from '#renderer/ui/charts/frame.ts';
import { createSeriesBuffer } from './series-buffer.ts';

export type Subject =
  | { readonly type: 'destination'; readonly id: string }
  | { readonly type: 'source'; readonly id: string }
  | { readonly type: 'gateway' };

/** Series of a subject, named as `telemetry.history` names them. Counts are rates a second. */
export const timelineColumns = {
  destination: [
    'delivered',
    'confirmed',
    'dropped',
    'failed',
    ...errorClasses.map((name) => `error.${name}`),
    'bytesOut',
    'inFlight',
    'waiting',
    'held',
    'retrying',
    'dead',
    'oldestAgeMs',
    'p50',
    'p95',
    'p99',
  ],
  source: ['accepted', 'duplicate', 'malformed', 'quarantined', 'throttled', 'refused', 'bytes'],
  gateway: [
    'accepted',
    'delivered',
    'failed',
    'dropped',
    'cpu',
    'loopLagP99Ms',
    'rssBytes',
    'heapBytes',
    'diskFreeBytes',
    'logBytes',
    'sockets',
    'commit.p50',
    'commit.p95',
    'commit.p99',
    'settle.p50',
    'settle.p95',
    'settle.p99',
  ],
} as const satisfies Record<Subject['type'], readonly string[]>;

/** Values of a subject in a tick, by series name; null where the tick does not have it. */
export function sampleOf(subject: Subject, tick: Tick): Readonly<Record<string, number | null>> | null {
  const perSecond = 1000 / Math.max(1, tick.windowMs);
  if (subject.type === 'gateway') return gatewaySample(tick, perSecond);
  if (subject.type === 'source') {
    const source = tick.sources.find((each) => each.id === subject.id);
    return source === undefined ? null : Object.fromEntries(timelineColumns.source.map((name) => [name, source[name] * perSecond]));
  }
  const destination = tick.destinations.find((each) => each.id === subject.id);
  if (destination === undefined) return null;
  const { latency, errors, oldestAt, inFlight, waiting, held, retrying, dead } = destination;
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  return {
    delivered: destination.delivered * perSecond,
    confirmed: destination.confirmed * perSecond,
    dropped: destination.dropped * perSecond,
    failed: failed * perSecond,
    ...Object.fromEntries(errorClasses.map((name) => [`error.${name}`, (errors[name] ?? 0) * perSecond])),
    bytesOut: destination.bytesOut * perSecond,
    inFlight,
    waiting,
    held,
    retrying,
    dead,
    oldestAgeMs: oldestAt === null ? 0 : Math.max(0, tick.at - oldestAt),
    p50: latency.p50,
    p95: latency.p95,
    p99: latency.p99,
  };
}

function gatewaySample(tick: Tick, perSecond: number): Readonly<Record<string, number | null>> {
  const { commit, settle, ...resources } = tick.resources;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) * perSecond;
  return {
    ...resources,
    accepted: sum(tick.sources.map((source) => source.accepted)),
    delivered: sum(tick.destinations.map((destination) => destination.delivered)),
    failed: sum(tick.destinations.flatMap((destination) => Object.values(destination.errors))),
    dropped: sum(tick.destinations.map((destination) => destination.dropped)),
    'commit.p50': commit.p50,
    'commit.p95': commit.p95,
    'commit.p99': commit.p99,
    'settle.p50': settle.p50,
    'settle.p95': settle.p95,
    'settle.p99': settle.p99,
  };
}

export interface Timeline {
  readonly names: readonly string[];
  /** Index of a series for a chart; throws a RangeError for a name that is not there. */
  column(name: string): number;
  read(): ChartFrame;
  /** Epoch ms of the newest sample; null while empty. */
  readonly lastAt: number | null;
  readonly stepMs: number;
  /** Puts history first and keeps what came live after it. With `isTail` it only adds. */
  fill(history: History, isTail?: boolean): void;
  append(tick: Tick): void;
}

const mostSamples = 2000;
const liveStepMs = 1000;

export function createTimeline(subject: Subject): Timeline {
  const names: readonly string[] = timelineColumns[subject.type];
  const buffer = createSeriesBuffer(names, mostSamples);
  let stepMs = liveStepMs;
  const pushHistory = (history: History) => {
    const columns = names.map((name) => history.series[name]);
    history.at.forEach((at, point) => {
      buffer.push(
        at,
        columns.map((column) => column?.[point] ?? Number.NaN),
      );
    });
  };
  const liveAfter = (at: number) => {
    const { frame } = buffer;
    return Array.from({ length: frame.to - frame.from }, (_, offset) => frame.from + offset)
      .filter((index) => (frame.at[index] ?? 0) > at)
      .map((index) => ({ at: frame.at[index] ?? 0, values: frame.columns.map((column) => column[index] ?? Number.NaN) }));
  };
  return {
    names,
    column: (name) => buffer.indexOf(name),
    read: () => ({ ...buffer.frame, stepMs }),
    get lastAt() {
      return buffer.lastAt;
    },
    get stepMs() {
      return stepMs;
    },
    fill: (history, isTail = false) => {
      if (isTail) return pushHistory(history);
      const isLive = history.stepMs <= liveStepMs;
      const kept = isLive ? liveAfter(history.at.at(-1) ?? 0) : [];
      buffer.clear();
      stepMs = Math.max(liveStepMs, history.stepMs);
      pushHistory(history);
      for (const sample of kept) buffer.push(sample.at, sample.values);
    },
    append: (tick) => {
      if (stepMs > liveStepMs) return;
      const sample = sampleOf(subject, tick);
      if (sample !== null)
        buffer.push(
          tick.at,
          names.map((name) => sample[name] ?? Number.NaN),
        );
    },
  };
}

/** What a chart of this timeline reads. `subscribe` and `endMs` come from whoever owns the clock. */
export function feedOf(timeline: Timeline, clock: Pick<ChartFeed, 'endMs' | 'subscribe'>): ChartFeed {
  return { read: timeline.read, endMs: clock.endMs, subscribe: clock.subscribe };
}
