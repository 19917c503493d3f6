/** Pure: round steps for time and value axes. */
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  5 * second,
  10 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
];

/** Smallest round step that leaves at least `minPx` between ticks, ms. */
export function timeStep(spanMs: number, widthPx: number, minPx = 66): number {
  const wantedMs = (spanMs / Math.max(1, widthPx)) * minPx;
  return timeSteps.find((step) => step >= wantedMs) ?? 7 * day;
}

/** Round times in [startMs, endMs]. `offsetMs` is the zone's offset, so that days start at its midnight. */
export function timeTicks(startMs: number, endMs: number, stepMs: number, offsetMs: number): readonly number[] {
  const ticks: number[] = [];
  for (let tick = Math.ceil((startMs + offsetMs) / stepMs) * stepMs - offsetMs; tick <= endMs; tick += stepMs) ticks.push(tick);
  return ticks;
}

export type AxisUnit = 'plain' | 'duration';

/** Steps of the value axis from ten seconds on, ms: what people count time in. */
const durationSteps = [
  5 * second,
  10 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
];
const mostSteps = 4;

/** Round step between values that reaches `value` in at most four steps or so. */
function stepFor(value: number, unit: AxisUnit): number {
  if (unit === 'duration' && value > 20 * second)
    return durationSteps.find((step) => step * mostSteps >= value * 0.999_999) ?? 7 * day * Math.ceil(value / (28 * day));
  const power = 10 ** Math.floor(Math.log10(value / mostSteps));
  const lead = [1, 2, 2.5, 5, 10].find((each) => each * power * mostSteps >= value * 0.999_999) ?? 10;
  return lead * power;
}

/** The least round end of an axis that is not under `value`; 1 for nothing. */
export function niceMax(value: number, unit: AxisUnit = 'plain'): number {
  if (!(value > 0)) return 1;
  const step = stepFor(value, unit);
  return Math.max(1, Math.ceil((value * 0.999_999) / step)) * step;
}

/**
 * Top of the value axis. It rises at once when data would leave the plot and falls only when less
 * than a third of it is used, so that the axis stands still while values breathe.
 */
export function nextMax(current: number, dataMax: number, floor: number, unit: AxisUnit = 'plain'): number {
  const wanted = niceMax(Math.max(dataMax * 1.05, floor), unit);
  if (dataMax > current) return wanted;
  return dataMax < current / 3 && wanted < current ? wanted : Math.max(current, niceMax(floor, unit));
}

/** At most six values from zero to `max`, which `niceMax` gave. */
export function valueTicks(max: number, unit: AxisUnit = 'plain'): readonly number[] {
  const step = stepFor(max, unit);
  return Array.from({ length: Math.round(max / step) + 1 }, (_, index) => index * step);
}
