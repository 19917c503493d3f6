import { describe, expect, test } from 'vitest';
import { freeOrder, holdOrder } from './hold-order.ts';

const item = (id: string, version = 1) => ({ id, version });

describe('a list under the pointer', () => {
  test('keeps its order whatever ranks higher meanwhile', () => {
    const shown = holdOrder(freeOrder([item('a'), item('b')]), [item('new'), item('b', 2), item('a', 2)]);
    expect(shown.map((held) => held.item)).toEqual([item('a', 2), item('b', 2), item('new')]);
  });

  test('keeps the place of what is over, and says that it is', () => {
    expect(holdOrder(freeOrder([item('a'), item('b')]), [item('b')])).toEqual([
      { item: item('a'), isGone: true },
      { item: item('b'), isGone: false },
    ]);
  });
});
