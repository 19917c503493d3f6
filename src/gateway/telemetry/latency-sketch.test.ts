import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSketch, type LatencySketch, latencyOf, mergeInto, quantile, record } from './latency-sketch.ts';

const samples = fc.array(fc.double({ min: 0.001, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 300 });

function sketchOf(values: readonly number[]): LatencySketch {
  const sketch = createSketch();
  for (const value of values) record(sketch, value);
  return sketch;
}

/** The sample at DDSketch's rank. */
function trueQuantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
}

describe('percentiles', () => {
  it('of merged sketches equal those of the sketch of all samples, and lie within 1 % of the truth', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 6 }), fc.constantFrom(0.5, 0.95, 0.99), (groups, q) => {
        const merged = createSketch();
        for (const group of groups) mergeInto(merged, sketchOf(group));
        const all = groups.flat();
        expect(latencyOf(merged)).toEqual(latencyOf(sketchOf(all)));
        const truth = trueQuantile(all, q);
        // Half a thousandth for the rounding of what is shown.
        expect(Math.abs(quantile(merged, q) - truth)).toBeLessThanOrEqual(truth * 0.0101 + 0.0005);
      }),
    );
  });

  it('survive a merge with a sketch that ends at 1 ms, which corrupts the library', () => {
    const merged = sketchOf([0.0035]);
    mergeInto(merged, sketchOf([0.5, 1, 1, 1]));
    expect(latencyOf(merged).p99).toBeCloseTo(1, 1);
  });

  it('are null without samples', () => {
    expect(latencyOf(null)).toEqual({ n: 0, p50: null, p95: null, p99: null });
    expect(latencyOf(createSketch())).toEqual({ n: 0, p50: null, p95: null, p99: null });
  });

  it('stay sane for samples that cannot be', () => {
    const sketch = sketchOf([0, -5, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(latencyOf(sketch)).toMatchObject({ n: 4, p50: 0.001 });
    expect(sketch.store.bins.length).toBeLessThan(2000);
  });
});
