import { describe, expect, it } from 'vitest';
import { createRouteTable } from './routes.ts';

describe('the route table', () => {
  it('gives one id to one set, whatever its order', () => {
    const routes = createRouteTable();
    const id = routes.intern([3, 1]);
    expect(routes.intern([1, 3, 3])).toBe(id);
    expect(routes.intern([1])).not.toBe(id);
    expect(routes.intern([])).toBe(0);
    expect(routes.ordinalsOf(id)).toEqual([1, 3]);
  });

  it('knows members of sets interned before and after it was first asked', () => {
    const routes = createRouteTable();
    const ids = Array.from({ length: 300 }, (_, i) => routes.intern([i, 1000]));
    expect(ids.map((id) => routes.has(id, 7))).toEqual(ids.map((_, i) => i === 7));
    const later = routes.intern([7, 8]);
    expect([routes.has(later, 7), routes.has(later, 9), routes.has(0, 7)]).toEqual([true, false, false]);
  });

  it('restores what a former run interned, in order only', () => {
    const routes = createRouteTable();
    for (const { id, ordinals } of [
      { id: 0, ordinals: [] },
      { id: 1, ordinals: [4] },
      { id: 2, ordinals: [4, 5] },
    ])
      routes.restore(id, ordinals);
    expect(routes.intern([5, 4])).toBe(2);
    expect(routes.from(1)).toEqual([
      { id: 1, ordinals: [4] },
      { id: 2, ordinals: [4, 5] },
    ]);
    expect(() => routes.restore(9, [1])).toThrow('order');
  });
});
