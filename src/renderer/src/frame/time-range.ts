import type { Route } from './route.ts';
import { setQuery, useRoute } from './router.ts';

/** The span that all charts of a view share. It lives in the address, so that a link shows the same. */
export interface TimeRange {
  readonly id: string;
  readonly label: string;
  readonly spanMs: number;
}

const minuteMs = 60_000;

export const timeRanges = [
  { id: '5m', label: '5 m', spanMs: 5 * minuteMs },
  { id: '15m', label: '15 m', spanMs: 15 * minuteMs },
  { id: '1h', label: '1 h', spanMs: 60 * minuteMs },
  { id: '6h', label: '6 h', spanMs: 360 * minuteMs },
  { id: '24h', label: '24 h', spanMs: 1440 * minuteMs },
  { id: '7d', label: '7 d', spanMs: 10_080 * minuteMs },
] as const satisfies readonly TimeRange[];

const normal: TimeRange = timeRanges[0];

function rangeOf(route: Route): TimeRange {
  return timeRanges.find((range) => range.id === route.query.range) ?? normal;
}

export function useTimeRange(): TimeRange {
  return useRoute(rangeOf);
}

export function setTimeRange(id: string): void {
  setQuery({ range: id === normal.id ? '' : id });
}
