import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DestinationLive } from '#renderer/streams/live.ts';
import type { MarkState } from '#renderer/ui/state.ts';
import { type BoardItem, keepOrder, linesOf, matches, needsYou, parseSort, sortedIds, sortText } from './order.ts';

function item(id: string, state: MarkState, more: Partial<BoardItem> = {}): BoardItem {
  return {
    id,
    name: id,
    connector: 'webhook',
    owner: null,
    tags: [],
    live: {
      id,
      state,
      ratePerSecond: 1,
      errorShare: null,
      p95: null,
      p95Samples: 0,
      topError: null,
      tick: { oldestAt: null, waiting: 0 },
    } as unknown as DestinationLive,
    ...more,
  };
}
const byId = (items: readonly BoardItem[]) => new Map(items.map((each) => [each.id, each]));

describe('the order of the board', () => {
  it('puts first what a person should look at first, names break ties', () => {
    const items = [item('b', 'healthy'), item('a', 'healthy'), item('p', 'parked'), item('f', 'failing'), item('d', 'degraded')];
    expect(sortedIds(items, parseSort(undefined))).toEqual(['f', 'd', 'p', 'a', 'b']);
  });

  it('keeps everything where it is while values move, adds at the end, takes away in place', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.uniqueArray(fc.string()), (order, present) => {
        const kept = keepOrder(order, present);
        expect([...kept].sort()).toEqual([...present].sort());
        const survivors = order.filter((id) => present.includes(id));
        expect(kept.slice(0, survivors.length)).toEqual(survivors);
      }),
    );
    const order = ['a', 'b'];
    expect(keepOrder(order, ['b', 'a'])).toBe(order);
  });

  it('reads and writes itself in the address', () => {
    expect(sortText(parseSort('-rate'))).toBe('-rate');
    expect(sortText(parseSort('nonsense'))).toBe('');
  });
});

describe('finding on the board', () => {
  it('matches text in name, id, connector, owner and tags', () => {
    const hub = item('hub', 'failing', { owner: 'Ana', tags: ['crm'] });
    const base = { text: '', state: null, owner: null, tag: null };
    for (const text of ['HUB', 'webh', 'ana', 'crm']) expect(matches(hub, { ...base, text })).toBe(true);
    expect(matches(hub, { ...base, text: 'mixpanel' })).toBe(false);
    expect(matches(hub, { ...base, owner: '' })).toBe(false);
    expect(matches(hub, { ...base, state: 'failing', tag: 'crm', owner: 'Ana' })).toBe(true);
  });

  it('groups in the order of the first row of each', () => {
    const items = [item('a', 'failing'), item('b', 'healthy'), item('c', 'failing')];
    expect(
      linesOf(['a', 'b', 'c'], byId(items), 'state').map((line) => (line.type === 'group' ? `${line.title} ${line.count}` : line.id)),
    ).toEqual(['Failing 2', 'a', 'c', 'Healthy 1', 'b']);
  });
});

describe('what needs you', () => {
  it('does not move what stood there when something newly fails', () => {
    const first = needsYou([], byId([item('z', 'failing'), item('a', 'healthy')]));
    const second = needsYou(first, byId([item('a', 'held'), item('z', 'failing')]));
    expect(second).toEqual(['z', 'a']);
    expect(needsYou(second, byId([item('a', 'held'), item('z', 'parked')]))).toEqual(['a']);
  });
});
