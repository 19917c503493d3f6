import { describe, expect, it } from 'vitest';
import { editSchema } from '#contract/operations/replay.ts';
import { type EditRow, editOf, partsOf } from './edits.ts';

const masked = {
  type: 'track',
  userId: 'text(9)',
  properties: { total: 'text(5)', count: 'integer', isGift: true, items: [{ sku: 'text(3)' }] },
  context: {},
};
const parts = partsOf(masked);
const row = (path: string, kind: EditRow['kind'], value = ''): EditRow => ({ key: path, path, kind, value });

describe('edits of a dead letter', () => {
  it('offer what may be changed, and nothing else', () => {
    expect(Object.fromEntries(parts)).toEqual({
      '/properties/total': 'text',
      '/properties/count': 'number',
      '/properties/isGift': 'json',
      '/properties/items': 'json',
      '/properties/items/0': 'json',
      '/properties/items/0/sku': 'text',
    });
    expect(partsOf(null).size).toBe(0);
  });

  it('become operations that the gateway takes', () => {
    const { edit, problems } = editOf(
      [
        row('/properties/total', 'number', ' 12.5 '),
        row('/properties/coupon', 'text', 'spring'),
        row('/properties/items/0', 'json', '{"sku":"a"}'),
        row('/properties/isGift', 'remove'),
        row('', 'text', 'nothing'),
      ],
      parts,
    );
    expect(problems.size).toBe(0);
    expect(editSchema.parse(edit)).toEqual({
      patch: [
        { op: 'replace', path: '/properties/total', value: 12.5 },
        { op: 'add', path: '/properties/coupon', value: 'spring' },
        { op: 'replace', path: '/properties/items/0', value: { sku: 'a' } },
        { op: 'remove', path: '/properties/isGift' },
      ],
    });
  });

  it('say what is wrong with which', () => {
    const { edit, problems } = editOf(
      [
        row('/userId', 'text', 'x'),
        row('/properties/total', 'number', 'much'),
        row('/properties/gone', 'remove'),
        row('/traits/a', 'json', '{'),
      ],
      parts,
    );
    expect(edit).toBeNull();
    expect([...problems.values()]).toEqual([
      'begins with /properties, /traits or /context',
      'is no number',
      'the event has no such part',
      'is not valid JSON',
    ]);
    expect(editOf([], parts).edit).toBeNull();
  });
});
