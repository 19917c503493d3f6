import { describe, expect, test } from 'vitest';
import { pickShown, type Shown } from './pick.ts';

const destination = (id: string, ratePerSecond: number, state: Shown['state'] = 'healthy'): Shown => ({
  id,
  name: id,
  state,
  ratePerSecond,
});

describe('what the picture shows', () => {
  test('all, by name, while they fit', () => {
    const { shown, rest } = pickShown([destination('b', 1), destination('a', 9)], 4);
    expect(shown.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rest).toEqual([]);
  });

  test('what fails or is stopped is never summed away while calm ones are shown', () => {
    const all = [
      ...Array.from({ length: 30 }, (_, index) => destination(`calm-${index}`, 1000 - index)),
      destination('parked', 0, 'parked'),
      destination('failing', 0, 'failing'),
    ];
    const { shown, rest } = pickShown(all, 10);
    expect(shown).toHaveLength(9);
    expect(shown.map(({ id }) => id)).toEqual(expect.arrayContaining(['parked', 'failing', 'calm-0']));
    expect(shown.length + rest.length).toBe(all.length);
  });
});
