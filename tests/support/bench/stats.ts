/** Small statistics over samples kept in memory. Product telemetry merges sketches instead. */

/**
 * Nearest-rank percentile. `p` in 0..1.
 * @throws RangeError without samples, or where p is outside 0..1
 */
export function percentile(values: readonly number[], p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must be in 0..1: ${p}`);
  const sorted = Float64Array.from(values).sort();
  const value = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no samples');
  return value;
}

/** Middle value; mean of the middle two where the count is even. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no samples');
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}

export interface Summary {
  readonly n: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function summary(values: readonly number[]): Summary {
  const at = (p: number) => percentile(values, p);
  return { n: values.length, min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function roundTo(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
