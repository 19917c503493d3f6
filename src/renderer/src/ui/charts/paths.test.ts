import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChartFrame, firstNotBefore, nearestIndex } from './frame.ts';
import { maxOf, pathsOf, stackColumns, unitsPerPixel } from './paths.ts';

const scale = { startMs: 0, endMs: 1000, max: 10, width: 100, height: 50 };

function frameOf(points: readonly (readonly [number, number])[], stepMs = 100): ChartFrame {
  return { at: points.map(([at]) => at), columns: [points.map(([, value]) => value)], from: 0, to: points.length, stepMs };
}

function points(path: string): readonly (readonly [number, number])[] {
  let at: readonly [number, number] = [0, 0];
  return [...path.matchAll(/([Ml])(-?\d+) (-?\d+)/g)].map(([, kind, x, y]) => {
    at = kind === 'M' ? [Number(x), Number(y)] : [at[0] + Number(x), at[1] + Number(y)];
    return [at[0] / unitsPerPixel, at[1] / unitsPerPixel];
  });
}

describe('a line through samples', () => {
  it('puts time and value where they belong', () => {
    const frame = frameOf([
      [0, 0],
      [100, 5],
      [200, 10],
    ]);
    expect(points(pathsOf(frame, frame.columns[0]!, scale).line)).toEqual([
      [0, 50],
      [10, 25],
      [20, 0],
    ]);
  });

  it('draws a gap where time has a hole or data is missing, never a bridge', () => {
    const frame = frameOf([
      [0, 1],
      [100, 1],
      [600, 1],
      [700, Number.NaN],
      [800, Number.NaN],
      [900, 1],
    ]);
    const path = pathsOf(frame, frame.columns[0]!, scale).line;
    expect(path.match(/M/g)).toHaveLength(3);
  });

  it('keeps the highest and the lowest of every pixel when there are more samples than pixels', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 500, maxLength: 2000 }), (values) => {
        const stepMs = 1000 / values.length;
        const frame = frameOf(
          values.map((value, index) => [index * stepMs, value / 100]),
          stepMs,
        );
        const drawn = points(pathsOf(frame, frame.columns[0]!, scale).line).map(([, y]) => y);
        const yOf = (value: number) => Math.round((50 - (value / 100) * 5) * unitsPerPixel) / unitsPerPixel;
        expect(Math.abs(Math.min(...drawn) - yOf(Math.max(...values)))).toBeLessThan(0.11);
        expect(Math.abs(Math.max(...drawn) - yOf(Math.min(...values)))).toBeLessThan(0.11);
        expect(drawn.length).toBeLessThanOrEqual(2 * 101);
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });

  it('closes each piece of an area to the ground by itself', () => {
    const frame = frameOf([
      [0, 5],
      [100, 5],
      [600, 5],
    ]);
    expect(pathsOf(frame, frame.columns[0]!, scale, true)).toEqual({
      line: 'M0 250l100 0M600 250',
      area: 'M0 500L0 250l100 0V500ZM600 500L600 250V500Z',
    });
    expect(pathsOf(frameOf([]), [], scale, true)).toEqual({ line: '', area: '' });
  });
});

describe('stacking', () => {
  it('sums layers and says "no data" only where no layer has any', () => {
    const frame: ChartFrame = {
      at: [0, 1, 2],
      columns: [
        [1, Number.NaN, Number.NaN],
        [2, 3, Number.NaN],
      ],
      from: 0,
      to: 3,
      stepMs: 1,
    };
    const into = [new Float64Array(3), new Float64Array(3)];
    stackColumns(frame, frame.columns, into);
    expect([...into[1]!]).toEqual([3, 3, Number.NaN]);
    expect(maxOf(frame, into, { startMs: 0, endMs: 2 })).toBe(3);
  });
});

describe('finding a sample', () => {
  it('agrees with a walk over all of them', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }),
        fc.integer({ min: -10, max: 1010 }),
        (times, time) => {
          const at = [...times].sort((a, b) => a - b);
          const frame: ChartFrame = { at, columns: [], from: 0, to: at.length, stepMs: 1 };
          const walked = at.findIndex((each) => each >= time);
          expect(firstNotBefore(at, 0, at.length, time)).toBe(walked < 0 ? at.length : walked);
          const best = Math.min(...at.map((each) => Math.abs(each - time)));
          const found = nearestIndex(frame, time, 50);
          expect(found < 0 ? best > 50 : Math.abs(at[found]! - time) === best).toBe(true);
        },
      ),
    );
  });
});
