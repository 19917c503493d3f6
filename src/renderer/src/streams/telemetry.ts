import { startTransition, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SourceTick, Tick } from '#contract/telemetry/tick.ts';
import { boardColumns, boardSample, type DestinationLive, liveOf } from './live.ts';
import { scheduler } from './scheduler.ts';
import { createSeriesBuffer, type SeriesBuffer } from './series-buffer.ts';

/** What views read of the newest tick, published at most four times a second and never while hidden. */
export interface Telemetry {
  readonly tick: Tick | null;
  /** Epoch ms, this machine's clock, when it came. */
  readonly heardAt: number | null;
  /** Ticks that backpressure dropped since the console started. */
  readonly droppedTicks: number;
  /** In the gateway's order. */
  readonly ids: readonly string[];
  readonly destinations: ReadonlyMap<string, DestinationLive>;
  readonly sources: ReadonlyMap<string, SourceTick>;
  /** Destinations with a tick each, by node name. */
  readonly nodes: ReadonlyMap<string, number>;
}

const empty: Telemetry = {
  tick: null,
  heardAt: null,
  droppedTicks: 0,
  ids: [],
  destinations: new Map(),
  sources: new Map(),
  nodes: new Map(),
};
export const telemetryStore = createStore<Telemetry>(() => empty);

/** Five minutes a destination: enough for the board's sparks and for the first page before history answers. */
const keepSamples = 300;
const buffers = new Map<string, SeriesBuffer>();
const tickListeners = new Set<(tick: Tick) => void>();
const nodesSeen = new Map<string, number>();
let pending: { readonly tick: Tick; readonly heardAt: number } | null = null;
let droppedTicks = 0;
/** Gateway clock minus this machine's, ms: charts run on the gateway's time. */
let clockOffsetMs = 0;

const publisher = scheduler.add(() => {
  if (pending !== null) publish(pending.tick, pending.heardAt);
});

/** Takes in a tick: samples at once, views when it is their turn. */
export function receiveTick(tick: Tick, dropped: number, heardAt = Date.now()): void {
  droppedTicks += dropped;
  clockOffsetMs = tick.at - heardAt;
  nodesSeen.set(tick.node, tick.at);
  for (const destination of tick.destinations) bufferOf(destination.id).push(tick.at, boardSample(destination, tick.windowMs));
  pending = { tick, heardAt };
  for (const listener of tickListeners) listener(tick);
  publisher.mark();
}

function publish(tick: Tick, heardAt: number): void {
  const before = telemetryStore.getState();
  const ids = tick.destinations.map((destination) => destination.id);
  const isSameOrder = ids.length === before.ids.length && ids.every((id, index) => id === before.ids[index]);
  for (const [node, at] of nodesSeen) if (tick.at - at > 10_000) nodesSeen.delete(node);
  telemetryStore.setState({
    tick,
    heardAt,
    droppedTicks,
    ids: isSameOrder ? before.ids : ids,
    destinations: new Map(tick.destinations.map((destination) => [destination.id, liveOf(destination, bufferOf(destination.id).frame)])),
    sources: new Map(tick.sources.map((source) => [source.id, source])),
    nodes: new Map(nodesSeen),
  });
}

/** The last minutes of a destination; columns are `boardColumns`. */
export function bufferOf(destination: string): SeriesBuffer {
  const known = buffers.get(destination);
  if (known) return known;
  const made = createSeriesBuffer(boardColumns, keepSamples);
  buffers.set(destination, made);
  return made;
}

/** Puts older samples (parallel arrays, null is "no data") before those that a buffer has. */
export function prependSamples(
  buffer: SeriesBuffer,
  at: readonly number[],
  columns: readonly (readonly (number | null)[] | undefined)[],
): void {
  const { frame } = buffer;
  const kept = Array.from({ length: frame.to - frame.from }, (_, offset) => frame.from + offset).map((index) => ({
    at: frame.at[index] ?? 0,
    values: frame.columns.map((column) => column[index] ?? Number.NaN),
  }));
  const firstAt = kept[0]?.at ?? Number.POSITIVE_INFINITY;
  buffer.clear();
  at.forEach((time, point) => {
    if (time < firstAt)
      buffer.push(
        time,
        columns.map((column) => column?.[point] ?? Number.NaN),
      );
  });
  for (const sample of kept) buffer.push(sample.at, sample.values);
}

/** Each tick as it comes, before views see it. */
export function onTick(listener: (tick: Tick) => void): () => void {
  tickListeners.add(listener);
  return () => tickListeners.delete(listener);
}

/** The gateway's time now, epoch ms. */
export function gatewayNow(): number {
  return Date.now() + clockOffsetMs;
}

/** Re-renders with a part of the telemetry only; select something that stays identical while it does not change. */
export function useTelemetry<T>(select: (state: Telemetry) => T): T {
  return useStore(telemetryStore, select);
}

/**
 * All of the telemetry, for a view that draws hundreds of rows from it: React renders it in
 * slices between frames instead of in one piece.
 */
export function useCalmTelemetry(): Telemetry {
  const [state, setState] = useState(telemetryStore.getState);
  useEffect(() => {
    setState(telemetryStore.getState());
    return telemetryStore.subscribe((next) => startTransition(() => setState(next)));
  }, []);
  return state;
}

export function useDestinationLive(id: string): DestinationLive | undefined {
  return useStore(telemetryStore, (state) => state.destinations.get(id));
}
