import { describe, expect, it } from 'vitest';
import { clusterMarks, markLines, nextMark } from './marks.ts';

const mark = (at: number) => ({ id: `m${at}`, at, text: `change ${at}` });
const marks = [30, 10, 12, 18, 100].map(mark);

describe('marks of a chart', () => {
  it('stand together where they would touch, at the oldest of them', () => {
    expect(clusterMarks(marks, 8).map((each) => [each.at, each.marks.map(({ at }) => at)])).toEqual([
      [10, [10, 12, 18]],
      [30, [30]],
      [100, [100]],
    ]);
    expect(clusterMarks([], 8)).toEqual([]);
  });

  it('are gone through one after the other, as far as they are in sight', () => {
    expect(nextMark(marks, 12, 1, 0, 90)).toBe(18);
    expect(nextMark(marks, 12, -1, 0, 90)).toBe(10);
    expect(nextMark(marks, 30, 1, 0, 90)).toBeNull();
  });

  it('are told newest first, and counted where they are many', () => {
    expect(markLines(marks, 2)).toEqual(['change 100', 'change 30', 'and 3 more']);
    expect(markLines(marks.slice(0, 1), 2)).toEqual(['change 30']);
  });
});
