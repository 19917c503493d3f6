/** One window drawn up as the tick that consoles get. Pure. */
import type { ThrottleReading } from '#contract/telemetry/ingest.ts';
import { type DestinationTick, type ErrorClass, errorClasses, type SourceTick, type Tick } from '#contract/telemetry/tick.ts';
import { healthOf } from './health.ts';
import type { LaneReading } from './lane-reading.ts';
import { latencyOf } from './latency-sketch.ts';
import { latenessOf } from './lateness.ts';
import type { MeterWindow } from './meter.ts';
import { DestinationTotals, DestinationWindow, SourceWindow } from './meter-window.ts';
import type { Recent } from './recent.ts';
import type { ResourceReading } from './resources.ts';

export interface TickParts {
  /** Epoch ms. */
  readonly at: number;
  readonly windowMs: number;
  readonly node: string;
  readonly head: number;
  readonly resources: ResourceReading;
  readonly window: MeterWindow;
  readonly lanes: readonly LaneReading[];
  /** Sources that exist, so that a silent one still has a line. */
  readonly sourceIds: readonly string[];
  recentOf(destination: string): Recent;
  /** Why a source is held back now. */
  throttleOf(source: string): ThrottleReading | null;
}

export function buildTick(parts: TickParts): Tick {
  const { at, windowMs, node, head, resources, window, lanes } = parts;
  const flows: Tick['flows'] = [];
  for (const [destination, { flows: bySource }] of window.destinations)
    for (const [source, events] of bySource) flows.push({ source, destination, events });
  const sourceIds = new Set([...parts.sourceIds, ...window.sources.keys()]);
  return {
    at,
    windowMs,
    node,
    head,
    resources: { ...resources, commit: latencyOf(resources.commit), settle: latencyOf(resources.settle) },
    sources: [...sourceIds].map((id) => sourceTick(id, window.sources.get(id) ?? silentSource, parts.throttleOf(id))),
    destinations: lanes.map((lane) => destinationTick(lane, window.destinations.get(lane.id) ?? silentDestination, parts)),
    flows,
  };
}

const silentSource = new SourceWindow();
const silentDestination = new DestinationWindow(new DestinationTotals());

function sourceTick(id: string, window: SourceWindow, throttle: ThrottleReading | null): SourceTick {
  const { received, accepted, duplicate, malformed, quarantined, throttled, refused, bytes } = window;
  const lateness = latenessOf(accepted, window);
  const isLate = (lateness.underMinute ?? 0) < accepted;
  return {
    ...{ id, received, accepted, duplicate, malformed, quarantined, throttled, refused, bytes },
    ...(isLate ? { lateness } : {}),
    ...(throttle ? { throttle } : {}),
  };
}

function destinationTick(lane: LaneReading, window: DestinationWindow, { at, recentOf }: TickParts): DestinationTick {
  const { delivered, failed } = recentOf(lane.id);
  // A person keeps it: nothing is known to be wrong with the vendor.
  const state = lane.breakerDetail?.forced?.state === 'open' && lane.state === 'breaker' ? 'held' : lane.state;
  const oldestAgeMs = lane.oldestAt === null ? null : at - lane.oldestAt;
  return {
    ...lane,
    health: healthOf({ state, delivered, failed, oldestAgeMs }),
    delivered: window.confirmed + window.accepted,
    confirmed: window.confirmed,
    dropped: window.dropped,
    errors: errorsOf(window),
    latency: latencyOf(window.latency),
    bytesOut: window.bytesOut,
  };
}

function errorsOf(window: DestinationWindow): Partial<Record<ErrorClass, number>> {
  const errors: Partial<Record<ErrorClass, number>> = {};
  for (const name of errorClasses) if (window.errors[name] > 0) errors[name] = window.errors[name];
  return errors;
}
