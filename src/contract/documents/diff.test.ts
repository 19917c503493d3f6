import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffEntrySchema, diffValues, pathText } from './diff.ts';

const told = (before: unknown, after: unknown) =>
  diffValues(before, after).map((entry) => [pathText(entry.path), entry.before, entry.after]);

describe('the difference of two documents', () => {
  it('is told field by field, by name', () => {
    expect(
      told({ name: 'HubSpot', delivery: { concurrency: 4, timeoutMs: 10 } }, { delivery: { timeoutMs: 20, concurrency: 4 }, tags: [] }),
    ).toEqual([
      ['delivery.timeoutMs', 10, 20],
      ['name', 'HubSpot', undefined],
      ['tags', undefined, []],
    ]);
  });

  it('tells what is not set from what is set to nothing', () => {
    expect(diffValues({ until: null }, {})).toEqual([{ path: ['until'], before: null }]);
    expect(diffValues({ until: undefined }, {})).toEqual([]);
  });

  it('is the whole document where it began or ended', () => {
    expect(diffValues(null, { a: 1 })).toEqual([{ path: [], after: { a: 1 } }]);
    expect(diffValues({ a: 1 }, null)).toEqual([{ path: [], before: { a: 1 } }]);
    expect(diffValues(null, null)).toEqual([]);
  });

  it('knows items by their names, wherever they stand', () => {
    const one = { id: 'eu', weight: 1 };
    expect(told({ endpoints: [one, { id: 'us', weight: 1 }] }, { endpoints: [{ id: 'us', weight: 2 }] })).toEqual([
      ['endpoints.eu', one, undefined],
      ['endpoints.us.weight', 1, 2],
    ]);
    expect(told([one, { id: 'us' }], [{ id: 'us' }, one])).toEqual([['', ['eu', 'us'], ['us', 'eu']]]);
  });

  it('does not move all items where one is more or fewer', () => {
    const rule = (path: string) => ({ path, act: 'mask' });
    expect(told([rule('/a'), rule('/b'), rule('/c')], [rule('/a'), rule('/c')])).toEqual([['1', rule('/b'), undefined]]);
    expect(told(['a', 'b'], ['a', 'c'])).toEqual([['', ['a', 'b'], ['a', 'c']]]);
  });

  it('is empty exactly where the values are equal, and the same whatever the order of the fields', () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((each) => ({ each, list: [{ id: 'a', each }, { id: 'b' }] }));
    fc.assert(
      fc.property(value, value, (one, other) => {
        const isEqual = sorted(one) === sorted(other);
        expect(diffValues(one, other).length === 0).toBe(isEqual);
        const entries = diffValues(one, other);
        expect(diffValues(JSON.parse(sorted(one)), JSON.parse(sorted(other)))).toEqual(JSON.parse(JSON.stringify(entries)));
        for (const entry of entries) expect(diffEntrySchema.safeParse(entry).success).toBe(true);
      }),
    );
  });
});

/** JSON with its fields by name. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_name, field) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
