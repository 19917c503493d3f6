import { describe, expect, it } from 'vitest';
import { choiceOf, everything, fromQuery, groupingFrom, keyOf, pointerIn, titleOf, toQuery } from './choice.ts';

const sourceName = (id: string) => (id === 'web' ? 'Web shop' : id);
const total = { path: '/total', message: 'must be number' };

describe('what is chosen of the quarantine', () => {
  it('is called as people call it', () => {
    expect(titleOf(everything, sourceName)).toBe('everything held');
    expect(titleOf({ source: 'web', event: 'Order' }, sourceName)).toBe('Order from Web shop');
    expect(titleOf({ plan: 'web' }, sourceName)).toBe('plan web');
    expect(titleOf({ violation: total }, sourceName)).toBe('/total must be number');
    expect(titleOf({ source: 'web', event: '' }, sourceName)).toBe('events without a name from Web shop');
  });

  it('holds nothing but the choice, so that two groups of the same events are one', () => {
    const group = { source: 'web', event: 'Order', events: 12, oldestAt: 1 };
    expect(choiceOf(group)).toEqual({ source: 'web', event: 'Order' });
    expect(keyOf(group)).toBe(keyOf({ event: 'Order', source: 'web' }));
  });

  it('stands in the address, but for the names of fields', () => {
    const choice = { source: 'web', event: 'Order', violation: total };
    expect(Object.values(toQuery(choice)).join(' ')).not.toContain('total');
    expect(fromQuery({ plan: 'web' })).toEqual({ plan: 'web' });
    expect(groupingFrom('violation')).toBe('violation');
    expect(groupingFrom('nonsense')).toBe('event');
  });

  it('finds the part of an event that a plan looks at', () => {
    expect(pointerIn('track', '/total')).toBe('/properties/total');
    expect(pointerIn('identify', '')).toBe('/traits');
  });
});
