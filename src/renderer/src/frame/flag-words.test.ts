import { describe, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { audienceWords, conditionWords, flagState } from './flag-words.ts';

const flag = (more: object = {}) => flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', ...more });
const pro = { '===': [{ var: 'plan' }, 'pro'] };
const quarter = {
  fractional: [
    ['on', 25],
    ['off', 75],
  ],
};

describe('who gets what', () => {
  it.each<[string, object]>([
    ['off for everybody', {}],
    ['on for everybody', { targeting: { if: [true, 'on'] } }],
    ['on for 25 % of users', { targeting: quarter }],
    ['on for 25 % of users, and for plan = pro', { targeting: { if: [pro, 'on', quarter] } }],
    ['on for plan = pro only', { targeting: { if: [pro, 'on'] } }],
    ['off for plan = pro; others: on', { targeting: { if: [pro, 'off', 'on'] } }],
    ['on for 50 % of the buckets of company', { targeting: { fractional: [{ var: 'company' }, ['on', 1], ['off', 1]] } }],
    ['by a rule of its own', { targeting: { var: 'variant' } }],
    ['nobody: disabled', { state: 'DISABLED' }],
  ])('%s', (words, more) => expect(audienceWords(flag(more))).toBe(words));

  it('with several variants, by each share', () => {
    const colours = { variants: { red: 'r', blue: 'b', green: 'g' }, defaultVariant: 'red' };
    expect(
      audienceWords(
        flag({
          ...colours,
          targeting: {
            fractional: [
              ['red', 50],
              ['blue', 49],
              ['green', 1],
            ],
          },
        }),
      ),
    ).toBe('red 50 %, blue 49 %, green 1 %');
    expect(audienceWords(flag(colours))).toBe('red for everybody');
  });
});

it.each<[string, unknown]>([
  ['plan in pro, team', { in: [{ var: 'plan' }, ['pro', 'team']] }],
  [
    'email ends with @sluice.test and age ≥ 18',
    { and: [{ ends_with: [{ var: 'email' }, '@sluice.test'] }, { '>=': [{ var: 'age' }, 18] }] },
  ],
  ['not (beta)', { '!': [{ var: 'beta' }] }],
  ['a rule of its own', { sem_ver: [{ var: 'version' }, '>=', '1.2.3'] }],
])('reads a condition: %s', (words, condition) => expect(conditionWords(condition)).toBe(words));

it('says how a flag stands in a word', () => {
  expect(flagState(flag())).toBe('off');
  expect(flagState(flag({ defaultVariant: 'on' }))).toBe('on');
  expect(flagState(flag({ type: 'kill' }))).toBe('killed');
  expect(flagState(flag({ targeting: quarter }))).toBe('some');
  expect(flagState(flag({ state: 'DISABLED' }))).toBe('disabled');
});
