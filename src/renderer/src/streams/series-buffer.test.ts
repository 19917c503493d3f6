import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeriesBuffer } from './series-buffer.ts';

function contents(buffer: ReturnType<typeof createSeriesBuffer>): readonly (readonly number[])[] {
  const { at, columns, from, to } = buffer.frame;
  return Array.from({ length: to - from }, (_, offset) => [at[from + offset] ?? 0, ...columns.map((column) => column[from + offset] ?? 0)]);
}

describe('a buffer of samples', () => {
  it('keeps exactly the newest samples, in order, whatever was pushed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 100 }), (keep, values) => {
        const buffer = createSeriesBuffer(['a', 'b'], keep);
        values.forEach((value, index) => {
          buffer.push(index, [value, -value]);
        });
        expect(contents(buffer)).toEqual(
          values
            .map((value, index) => [index, value, -value + 0])
            .slice(-keep)
            .map(([at, a, b]) => [at, a, b === 0 ? expect.closeTo(0) : b]),
        );
      }),
    );
  });

  it('overwrites a sample of the same time and leaves out an older one', () => {
    const buffer = createSeriesBuffer(['a'], 4);
    buffer.push(10, [1]);
    buffer.push(10, [2]);
    buffer.push(9, [3]);
    expect(contents(buffer)).toEqual([[10, 2]]);
    expect(buffer.lastAt).toBe(10);
  });

  it('fills what a sample does not have with "no data"', () => {
    const buffer = createSeriesBuffer(['a', 'b'], 4);
    buffer.push(1, [7]);
    expect(contents(buffer)).toEqual([[1, 7, Number.NaN]]);
  });
});
