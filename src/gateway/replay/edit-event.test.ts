import { describe, expect, it } from 'vitest';
import type { Edit } from '#contract/operations/replay.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { editEvent, postedJson } from './edit-event.ts';

const event = {
  properties: { currency: 'EURO', total: 12, items: [{ sku: 'a' }, { sku: 'b' }], nested: { a: { b: 1 } } },
  traits: {},
  context: { locale: 'de' },
};
const edited = (edit: Edit) => {
  const result = editEvent(event, edit);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const why = (edit: Edit) => {
  const result = editEvent(event, edit);
  return result.ok ? null : `${result.error.code}: ${result.error.details?.why}`;
};

describe('a merge patch', () => {
  it('sets, merges and removes', () => {
    const merge = { properties: { currency: 'EUR', total: null, nested: { a: { c: 2 } } }, context: { ip: null } };
    expect(edited({ merge })).toEqual({
      properties: { currency: 'EUR', items: event.properties.items, nested: { a: { b: 1, c: 2 } } },
      traits: {},
      context: { locale: 'de' },
    });
  });

  it('replaces arrays, and never the original', () => {
    expect(edited({ merge: { properties: { items: [] } } }).properties.items).toEqual([]);
    expect(event.properties.items).toHaveLength(2);
  });

  it('sets no prototype', () => {
    expect(why({ merge: { properties: JSON.parse('{"a":{"__proto__":{"x":1}}}') } })).toBe('EDIT_INVALID: __proto__ cannot be set');
  });
});

describe('patch operations', () => {
  it('do what RFC 6902 says', () => {
    const { properties, traits } = edited({
      patch: [
        { op: 'test', path: '/properties/currency', value: 'EURO' },
        { op: 'replace', path: '/properties/currency', value: 'EUR' },
        { op: 'remove', path: '/properties/nested/a/b' },
        { op: 'add', path: '/properties/items/1', value: { sku: 'new' } },
        { op: 'add', path: '/properties/items/-', value: { sku: 'last' } },
        { op: 'copy', from: '/properties/total', path: '/traits/lastTotal' },
        { op: 'move', from: '/properties/total', path: '/properties/value~1a' },
      ],
    });
    expect(properties).toEqual({
      currency: 'EUR',
      nested: { a: {} },
      items: [{ sku: 'a' }, { sku: 'new' }, { sku: 'b' }, { sku: 'last' }],
      'value/a': 12,
    });
    expect(traits).toEqual({ lastTotal: 12 });
  });

  it.each<[string, Edit]>([
    [
      'operation 1 (test /properties/currency): the value is another',
      { patch: [{ op: 'test', path: '/properties/currency', value: 'EUR' }] },
    ],
    ['operation 1 (remove /properties/none): there is nothing at the path', { patch: [{ op: 'remove', path: '/properties/none' }] }],
    [
      'operation 1 (replace /properties/items/7): there is no such place in the array',
      { patch: [{ op: 'replace', path: '/properties/items/7', value: 1 }] },
    ],
    [
      'operation 1 (replace /userId): a path begins with /properties, /traits or /context',
      { patch: [{ op: 'replace', path: '/userId', value: 'u' }] },
    ],
    [
      'operation 1 (add /properties/__proto__/x): __proto__ cannot be set',
      { patch: [{ op: 'add', path: '/properties/__proto__/x', value: 1 }] },
    ],
    ['properties must stay an object', { patch: [{ op: 'replace', path: '/properties', value: [] }] }],
    ['traits must stay an object', { patch: [{ op: 'remove', path: '/traits' }] }],
  ])('are refused as a whole: %s', (text, edit) => {
    expect(why(edit)).toBe(`EDIT_INVALID: ${text}`);
    expect(event.properties.currency).toBe('EURO');
  });
});

describe('an event as its sender would post it', () => {
  it('comes to the same event again, but for its id', () => {
    const raw = { messageId: 'm1', event: 'Paid', userId: 'u1', anonymousId: 'a1', timestamp: '2026-11-20T10:00:00.000Z', ...event };
    const facts = { source: 'web', receivedAt: Date.parse('2026-11-20T10:00:05.000Z'), type: 'track' } as const;
    const before = toGatewayEvent(raw, facts);
    const after = toGatewayEvent(postedJson(before, before, 'm2'), facts);
    expect(after).toEqual({ ...before, messageId: 'm2' });
  });
});
