/** The figures of the chart bench, and the samples that all three candidates draw. */
export const charts = 6;
export const seriesEach = 3;
export const points = 600;
export const stepMs = 1000;
export const spanMs = points * stepMs;
export const chartWidth = 400;
export const chartHeight = 160;
/** Where the cursor stands, as a share of the plot: labels and tooltips follow the data under it. */
export const cursorShare = 0.66;

/** Value of a series at a step; the same for every candidate. */
export function valueAt(chart: number, series: number, step: number): number {
  const noise = Math.abs(Math.sin(step * 12.9898 + series * 78.233 + chart * 37.719) * 43_758.5453) % 1;
  return 50 + 30 * Math.sin(step / 40 + chart) + 10 * series + 8 * noise;
}

export const colours = ['#6aa5ff', '#5fd0c5', '#d4b483'] as const;
/** A fixed start, so that all rounds draw the same. */
export const startMs = 1_790_000_000_000;
