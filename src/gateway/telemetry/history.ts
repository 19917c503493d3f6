import type { History } from '#contract/telemetry/history.ts';
import { type Layout, layouts } from './columns.ts';
import { quantile } from './latency-sketch.ts';
import { resolutionFor, windowStart } from './levels.ts';
import { emptyWindow, rollInto, type Window } from './window.ts';
import type { SubjectKey, WindowStore } from './window-store.ts';

export interface HistoryQuery {
  readonly subject: SubjectKey;
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxPoints: number;
}

/** Extra series that are sums of stored ones. */
const sums: readonly (readonly [name: string, of: (name: string) => boolean])[] = [['failed', (name) => name.startsWith('error.')]];

/**
 * Series of one subject. `at` is the end of each point (the last may be
 * unfinished and ends at `toMs`); counts are events (or bytes) a second, so
 * that a chart keeps its height whatever the step; readings are as read; percentiles come from the
 * merged sketch of the point. Null where the gateway did not run.
 */
export function queryHistory(store: WindowStore, query: HistoryQuery): History {
  const layout = layouts[query.subject.type];
  const nowMs = Math.max(store.lastAt(), query.toMs);
  const { level, stepMs } = resolutionFor(query.fromMs, query.toMs, query.maxPoints, nowMs);
  // A point that began before the range is left out, so that there are never more than asked for.
  const firstStart = Math.ceil(query.fromMs / stepMs) * stepMs;
  const points = new Map<number, Window>();
  for (const { start, window } of store.read(query.subject, level.stepMs, firstStart, query.toMs)) {
    const pointStart = windowStart(start + level.stepMs, stepMs);
    const point = points.get(pointStart) ?? emptyWindow(layout);
    rollInto(point, window, layout);
    points.set(pointStart, point);
  }
  const at: number[] = [];
  const windows: (Window | null)[] = [];
  for (let start = firstStart; start < query.toMs; start += stepMs) {
    at.push(Math.min(start + stepMs, query.toMs));
    windows.push(points.get(start) ?? null);
  }
  return { stepMs, at, series: seriesOf(layout, windows) };
}

function seriesOf(layout: Layout, windows: readonly (Window | null)[]): Record<string, (number | null)[]> {
  const series: Record<string, (number | null)[]> = {};
  layout.columns.forEach(({ name, roll }, index) => {
    series[name] = windows.map((window) => reading(window, index, roll === 'sum'));
  });
  for (const [name, isPart] of sums) {
    const parts = Object.keys(series).filter(isPart);
    if (parts.length > 0)
      series[name] = windows.map((window, point) =>
        window === null ? null : parts.reduce((sum, part) => sum + (series[part]?.[point] ?? 0), 0),
      );
  }
  layout.sketches.forEach((prefix, index) => {
    for (const [name, q] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      series[prefix + name] = windows.map((window) => {
        const sketch = window?.sketches[index];
        return sketch ? quantile(sketch, q) : null;
      });
    }
  });
  return series;
}

function reading(window: Window | null, index: number, isRate: boolean): number | null {
  const value = window?.values[index];
  if (window === null || value === undefined || Number.isNaN(value)) return null;
  return isRate ? (value * 1000) / Math.max(1, window.spanMs) : value;
}
