import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDedupeTable } from './dedupe-table.ts';

/** Few hashes, so that they meet in one shard and one slot. */
const hash = fc.record({ low: fc.constantFrom(0, 1, 16, 17, 0xffffffff), high: fc.constantFrom(0, 1, 0xff000000) });
const change = fc.record({ hash, remove: fc.boolean() });

describe('the dedupe table', () => {
  it('answers like a map, whatever is set and taken back', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const table = createDedupeTable();
        const map = new Map<string, number>();
        changes.forEach(({ hash: { low, high }, remove }, i) => {
          const key = `${low}/${high}`;
          if (remove) {
            table.remove(low, high, map.get(key) ?? 0);
            map.delete(key);
          } else {
            table.set(low, high, i + 1);
            map.set(key, i + 1);
          }
          for (const low of [0, 1, 16, 17, 0xffffffff])
            for (const high of [0, 1, 0xff000000]) expect(table.get(low, high)).toBe(map.get(`${low}/${high}`) ?? 0);
        });
      }),
    );
  });

  it('grows, holds seqs above 2^32, and forgets what lies below its floor', () => {
    const table = createDedupeTable();
    const high = (i: number) => Math.imul(i, 0x9e3779b1) >>> 0;
    const base = 2 ** 40;
    for (let i = 0; i < 100_000; i++) table.set(i, high(i), base + i);
    expect(table.get(77, high(77))).toBe(base + 77);
    expect(table.size).toBe(100_000);
    expect(table.sizeBytes).toBeLessThan(100_000 * 16 * 4);
    table.floor = base + 90_000;
    expect(table.get(77, high(77))).toBe(0);
    for (let i = 100_000; i < 200_000; i++) table.set(i, high(i), base + i);
    expect(table.size).toBeLessThan(200_000);
    expect(table.get(95_000, high(95_000))).toBe(base + 95_000);
  });
});
