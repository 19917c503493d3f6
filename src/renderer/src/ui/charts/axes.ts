/** Pure: round steps for time and value axes. */
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [5 * second, 10 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day];

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

/** The least of 1, 2, 2.5, 5 x 10^n that is not under `value`; 1 for nothing. */
export function niceMax(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value * 0.999_999) ?? 10;
  return step * power;
}

/**
 * Top of the value axis. It rises at once when data would leave the plot and falls only when less
 * than a third of it is used, so that the axis stands still while values breathe.
 */
export function nextMax(current: number, dataMax: number, floor: number): number {
  const wanted = niceMax(Math.max(dataMax * 1.08, floor));
  if (dataMax > current) return wanted;
  return dataMax < current / 3 && wanted < current ? wanted : Math.max(current, niceMax(floor));
}

/** Four to six values from zero to `max`. */
export function valueTicks(max: number): readonly number[] {
  const lead = Math.round((max / 10 ** Math.floor(Math.log10(max))) * 10) / 10;
  const divisions = [1.5, 3, 6].includes(lead) ? 3 : [2.5, 5].includes(lead) ? 5 : 4;
  return Array.from({ length: divisions + 1 }, (_, index) => (max * index) / divisions);
}
