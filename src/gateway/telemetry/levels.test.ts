import { describe, expect, it } from 'vitest';
import { resolutionFor, windowStart } from './levels.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = 1_000 * hour;
const last = (spanMs: number, maxPoints = 300) => {
  const { level, stepMs } = resolutionFor(now - spanMs, now, maxPoints, now);
  return [level.stepMs, stepMs];
};

describe('a range is drawn from', () => {
  it.each<[string, number, number[]]>([
    ['seconds for five minutes', 5 * minute, [1000, 1000]],
    ['seconds, three a point, for a quarter of an hour', 15 * minute, [1000, 3000]],
    ['ten seconds where seconds are no longer kept', 20 * minute, [10_000, 10_000]],
    ['ten seconds, two a point, for an hour', hour, [10_000, 20_000]],
    ['minutes for a day and a half', 36 * hour, [60_000, 480_000]],
    ['minutes for a month', 720 * hour, [60_000, 8_640_000]],
  ])('%s', (_what, spanMs, expected) => {
    expect(last(spanMs)).toEqual(expected);
  });

  it('minutes where ten seconds are no longer kept, however short the range', () => {
    expect(resolutionFor(now - 100 * hour, now - 100 * hour + 5 * minute, 300, now).level.stepMs).toBe(60_000);
  });
});

it('a window covers what ends in it', () => {
  expect([5001, 6000, 6001, 7000].map((at) => windowStart(at, 1000))).toEqual([5000, 5000, 6000, 6000]);
});
