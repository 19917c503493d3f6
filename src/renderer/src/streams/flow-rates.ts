import { useSyncExternalStore } from 'react';
import type { SourceTick, Tick } from '#contract/telemetry/tick.ts';
import { scheduler } from './scheduler.ts';
import { onTick, telemetryStore } from './telemetry.ts';

/** What a source's events became, a second; mean of the window. */
export type SourceRates = Omit<SourceTick, 'id'>;

export interface FlowRates {
  /** Time the means are over, ms; 0 before the first tick. */
  readonly spanMs: number;
  readonly sources: ReadonlyMap<string, SourceRates>;
  /** Events delivered a second from source to destination: source id, then destination id. */
  readonly flows: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Events dropped by a switch a second, by destination. */
  readonly dropped: ReadonlyMap<string, number>;
}

const none: FlowRates = { spanMs: 0, sources: new Map(), flows: new Map(), dropped: new Map() };
const sourceFields = ['received', 'accepted', 'duplicate', 'malformed', 'quarantined', 'throttled', 'refused', 'bytes'] as const;

/** Pure: means over the given ticks. */
export function ratesOf(ticks: readonly Tick[]): FlowRates {
  const spanMs = ticks.reduce((sum, tick) => sum + tick.windowMs, 0);
  if (spanMs === 0) return none;
  const perSecond = 1000 / spanMs;
  const sources = new Map<string, Record<(typeof sourceFields)[number], number>>();
  const flows = new Map<string, Map<string, number>>();
  const dropped = new Map<string, number>();
  for (const tick of ticks) {
    for (const source of tick.sources) {
      const sum = sources.get(source.id) ?? {
        received: 0,
        accepted: 0,
        duplicate: 0,
        malformed: 0,
        quarantined: 0,
        throttled: 0,
        refused: 0,
        bytes: 0,
      };
      for (const field of sourceFields) sum[field] += source[field] * perSecond;
      sources.set(source.id, sum);
    }
    for (const { source, destination, events } of tick.flows) {
      const out = flows.get(source) ?? new Map<string, number>();
      out.set(destination, (out.get(destination) ?? 0) + events * perSecond);
      flows.set(source, out);
    }
    for (const destination of tick.destinations)
      if (destination.dropped > 0) dropped.set(destination.id, (dropped.get(destination.id) ?? 0) + destination.dropped * perSecond);
  }
  return { spanMs, sources, flows, dropped };
}

const keepTicks = 10;
const listeners = new Set<() => void>();
let ticks: readonly Tick[] = [];
let rates = none;
let stop: (() => void) | null = null;

const publisher = scheduler.add(() => {
  rates = ratesOf(ticks);
  for (const listener of listeners) listener();
});

function start(): () => void {
  const newest = telemetryStore.getState().tick;
  ticks = newest === null ? [] : [newest];
  publisher.mark();
  return onTick((tick) => {
    ticks = [...ticks.filter((each) => each.at !== tick.at), tick].slice(-keepTicks);
    publisher.mark();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= start();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
  };
}

/** Ten-second means of what goes from where to where. Gathered only while a view looks. */
export function useFlowRates(): FlowRates {
  return useSyncExternalStore(subscribe, () => rates);
}
