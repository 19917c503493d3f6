import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flagSchema } from './flag.ts';
import { audienceOf, onlyVariant, shareOf, withShare } from './flag-share.ts';

const flag = (targeting: object, more: object = {}) =>
  flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', targeting, ...more });
const pro = { '===': [{ var: 'traits.plan' }, 'pro'] };

describe('the share of a variant', () => {
  it('is read from an empty targeting, a bare split, and behind segments', () => {
    expect(shareOf(flag({}), 'off')).toBe(100);
    expect(shareOf(flag({}), 'on')).toBe(0);
    expect(
      shareOf(
        flag({
          fractional: [
            ['on', 25],
            ['off', 75],
          ],
        }),
        'on',
      ),
    ).toBe(25);
    expect(shareOf(flag({ fractional: [['on'], ['off', 3]] }), 'on')).toBe(25);
    expect(
      shareOf(
        flag({
          if: [
            pro,
            'on',
            {
              fractional: [
                ['on', 1],
                [null, 3],
              ],
            },
          ],
        }),
        'on',
      ),
    ).toBe(25);
    expect(shareOf(flag({ if: [pro, 'on'] }), 'on')).toBe(0);
    expect(shareOf(flag({ if: [pro, 'on', { if: [{ '==': [1, 1] }, 'off', 'on'] }] }), 'on')).toBe(100);
  });

  it('is unknown where targeting is more than segments and splits', () => {
    expect(shareOf(flag({ var: 'variant' }), 'on')).toBe(null);
    expect(
      shareOf(
        flag({
          fractional: [
            [{ var: 'variant' }, 1],
            ['off', 1],
          ],
        }),
        'on',
      ),
    ).toBe(null);
    expect(withShare(flag({ var: 'variant' }), 'on', 5)).toBe(null);
    expect(withShare(flag({}), 'gone', 5)).toBe(null);
    expect(withShare(flag({}), 'on', 101)).toBe(null);
  });

  it('is written as plain as it can be, and leaves segments and what is hashed alone', () => {
    expect(withShare(flag({}), 'on', 5)?.targeting).toEqual({
      fractional: [
        ['on', 5],
        ['off', 95],
      ],
    });
    expect(withShare(flag({}), 'on', 100)?.targeting).toEqual({ if: [true, 'on'] });
    expect(withShare(flag({ if: [true, 'on'] }), 'on', 0)?.targeting).toEqual({});
    expect(withShare(flag({ if: [pro, 'on'] }), 'on', 0.5)?.targeting).toEqual({
      if: [
        pro,
        'on',
        {
          fractional: [
            ['on', 500],
            ['off', 99_500],
          ],
        },
      ],
    });
    const byCompany = { fractional: [{ var: 'traits.company' }, ['off', 1], ['on', 1]] };
    expect(withShare(flag(byCompany), 'on', 100)?.targeting).toEqual({ fractional: [{ var: 'traits.company' }, ['on', 100], ['off', 0]] });
  });

  it('lets the others keep their proportions', () => {
    const three = flag(
      {
        fractional: [
          ['a', 50],
          ['b', 30],
          ['c', 20],
        ],
      },
      { variants: { a: 'a', b: 'b', c: 'c' }, defaultVariant: 'c' },
    );
    const changed = withShare(three, 'a', 75);
    expect(changed && ['a', 'b', 'c'].map((each) => shareOf(changed, each))).toEqual([75, 15, 10]);
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.constantFrom(
          {},
          { if: [pro, 'on'] },
          {
            fractional: [
              ['off', 1],
              ['on', 2],
            ],
          },
        ),
        (thousandths, before) => {
          const changed = withShare(flag(before), 'on', thousandths / 1000);
          expect(changed && shareOf(changed, 'on')).toBeCloseTo(thousandths / 1000, 6);
          expect(changed && audienceOf(changed)?.segments).toEqual(audienceOf(flag(before))?.segments);
        },
      ),
    );
  });
});

it('knows where everybody gets the same', () => {
  expect(onlyVariant(flag({}))).toBe('off');
  expect(onlyVariant(flag({ if: [pro, 'on', 'on'] }))).toBe('on');
  expect(
    onlyVariant(
      flag({
        fractional: [
          ['on', 100],
          ['off', 0],
        ],
      }),
    ),
  ).toBe('on');
  expect(onlyVariant(flag({ if: [pro, 'on'] }))).toBe(null);
  expect(onlyVariant(flag({ var: 'x' }))).toBe(null);
});
