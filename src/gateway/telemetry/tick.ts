/** One window drawn up as the tick that consoles get. Pure. */
import { type DestinationTick, type ErrorClass, errorClasses, type SourceTick, type Tick } from '#contract/telemetry/tick.ts';
import { healthOf } from './health.ts';
import type { LaneReading } from './lane-reading.ts';
import { latencyOf } from './latency-sketch.ts';
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
    sources: [...sourceIds].map((id) => sourceTick(id, window.sources.get(id) ?? silentSource)),
    destinations: lanes.map((lane) => destinationTick(lane, window.destinations.get(lane.id) ?? silentDestination, parts)),
    flows,
  };
}

const silentSource = new SourceWindow();
const silentDestination = new DestinationWindow(new DestinationTotals());

function sourceTick(
  id: string,
  { received, accepted, duplicate, malformed, quarantined, throttled, refused, bytes }: SourceWindow,
): SourceTick {
  return { id, received, accepted, duplicate, malformed, quarantined, throttled, refused, bytes };
}

function destinationTick(lane: LaneReading, window: DestinationWindow, { at, recentOf }: TickParts): DestinationTick {
  const { delivered, failed } = recentOf(lane.id);
  const oldestAgeMs = lane.oldestAt === null ? null : at - lane.oldestAt;
  return {
    ...lane,
    health: healthOf({ state: lane.state, delivered, failed, oldestAgeMs }),
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
