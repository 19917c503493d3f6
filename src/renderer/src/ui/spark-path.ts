/** Pure: the path of a sparkline. Samples are parallel arrays; NaN and holes in time leave gaps. */
export interface SparkSamples {
  readonly at: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
}

export interface SparkBox {
  readonly width: number;
  readonly height: number;
  /** Time at the right edge and the span shown, ms. */
  readonly endMs: number;
  readonly spanMs: number;
  /** Value at the top edge. */
  readonly max: number;
  /** A pause longer than this is a gap, ms. */
  readonly gapMs: number;
}

/** SVG path data of the line; empty where nothing is to be drawn. */
export function sparkLine(samples: SparkSamples, box: SparkBox): string {
  const start = box.endMs - box.spanMs;
  const xScale = box.width / box.spanMs;
  const yScale = box.max > 0 ? (box.height - 1) / box.max : 0;
  let path = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  for (let index = samples.from; index < samples.to; index++) {
    const at = samples.at[index] ?? 0;
    const value = samples.values[index] ?? Number.NaN;
    if (at < start || Number.isNaN(value)) continue;
    const x = Math.round((at - start) * xScale * 10) / 10;
    const y = Math.round((box.height - 0.5 - value * yScale) * 10) / 10;
    path += `${at - lastAt > box.gapMs ? 'M' : 'L'}${x} ${y}`;
    lastAt = at;
  }
  return path;
}

/** Largest value in the span; 0 for none. */
export function sparkMax(samples: SparkSamples, startMs: number): number {
  let max = 0;
  for (let index = samples.from; index < samples.to; index++) {
    const value = samples.values[index] ?? Number.NaN;
    if ((samples.at[index] ?? 0) >= startMs && value > max) max = value;
  }
  return max;
}
