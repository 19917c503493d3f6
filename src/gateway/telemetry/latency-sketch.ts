/**
 * DDSketch (Masson, Rim, Lee: VLDB 2019) over milliseconds: percentiles within 1 % of the true
 * value, and a merge of sketches equals the sketch of all samples.
 *
 * Merging and serialising are ours: the library's `merge` (2.1.1) takes a largest key of 0 for "none",
 * so a sketch that ends at 1 ms corrupts the other, and its protobuf form needs a package that it does
 * not bring. Both are a loop over bins.
 */
import sketches from '@datadog/sketches-js';
import type { Latency } from '#contract/telemetry/latency.ts';

export type LatencySketch = InstanceType<typeof sketches.DDSketch>;

const ACCURACY = 0.01;
/** Samples are kept within these, ms: zero, a clock that stepped, or NaN must not grow the bins without end. */
const SHORTEST_MS = 0.001;
const LONGEST_MS = 86_400_000;

export function createSketch(): LatencySketch {
  return new sketches.DDSketch({ relativeAccuracy: ACCURACY });
}

/** Adds one sample, ms. About 35 ns. */
export function record(sketch: LatencySketch, ms: number): void {
  sketch.accept(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms || 0)));
}

/** Adds `count` samples to a bin: how a sketch comes back from disk and how two are merged. */
export function addBin(sketch: LatencySketch, key: number, count: number): void {
  sketch.store.add(key, count);
  sketch.count += count;
}

/** Calls back for each bin in use, ascending by key. */
export function forEachBin(sketch: LatencySketch, visit: (key: number, count: number) => void): void {
  const { bins, offset } = sketch.store;
  for (let index = 0; index < bins.length; index++) {
    const count = bins[index];
    if (count) visit(index + offset, count);
  }
}

/** Adds all samples of `source` to `target`. */
export function mergeInto(target: LatencySketch, source: LatencySketch): void {
  forEachBin(source, (key, count) => addBin(target, key, count));
}

/** Percentiles, ms, to three figures behind the point; null without samples. */
export function latencyOf(sketch: LatencySketch | null): Latency {
  if (sketch === null || sketch.count === 0) return { n: 0, p50: null, p95: null, p99: null };
  return { n: sketch.count, p50: quantile(sketch, 0.5), p95: quantile(sketch, 0.95), p99: quantile(sketch, 0.99) };
}

export function quantile(sketch: LatencySketch, q: number): number {
  return Math.round(sketch.getValueAtQuantile(q) * 1000) / 1000;
}
