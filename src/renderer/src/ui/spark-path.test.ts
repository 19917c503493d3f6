import { describe, expect, it } from 'vitest';
import { sparkLine, sparkMax } from './spark-path.ts';

const box = { width: 100, height: 21, endMs: 10_000, spanMs: 10_000, max: 10, gapMs: 2500 };
const samples = (values: readonly number[], stepMs = 1000) => ({
  at: values.map((_, index) => (index + 1) * stepMs),
  values,
  from: 0,
  to: values.length,
});

describe('a sparkline', () => {
  it('draws from zero at the bottom to the largest at the top', () => {
    expect(sparkLine(samples([0, 10]), box)).toBe('M10 20.5L20 0.5');
  });

  it('leaves a gap where there is no data and where time has a hole', () => {
    expect(sparkLine(samples([1, Number.NaN, Number.NaN, 1]), box).match(/M/g)).toHaveLength(2);
    expect(sparkLine(samples([1, Number.NaN, 1]), box).match(/M/g)).toHaveLength(1);
  });

  it('leaves out what is older than its span', () => {
    expect(sparkLine({ ...samples([5, 5]), at: [-1, 9000] }, box)).toBe('M90 10.5');
    expect(sparkMax({ ...samples([50, 5]), at: [-1, 9000] }, 0)).toBe(5);
  });
});
