import { expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { draftOf, firstDraft, flagOf, rolloutOf, withPercent, withType } from './draft.ts';

const flag = flagSchema.parse({
  variants: { on: true, off: false },
  defaultVariant: 'off',
  owner: 'ada',
  metadata: { team: 'web' },
  targeting: { if: [{ '===': [{ var: 'plan' }, 'pro'] }, 'on'] },
});

it('comes back as the flag that it was drawn from', () => {
  expect(flagOf(draftOf(flag)).value).toEqual(flag);
  const { owner: _nobody, ...unowned } = flag;
  expect(flagOf({ ...draftOf(flag), owner: ' ' }).value).toEqual(unowned);
});

it('cannot be saved while its JSON has a mistake, or says what is no flag', () => {
  expect(flagOf({ ...draftOf(flag), targeting: '{' })).toMatchObject({ value: null, targeting: { ok: false } });
  const wrong = flagOf({ ...draftOf(flag), variants: '{"on": true}' });
  expect([wrong.value, wrong.problems.get('defaultVariant')]).toEqual([null, 'must be the name of a variant']);
});

it('takes a percent beside its segments, and leaves alone what cannot be told in percents', () => {
  const changed = flagOf(withPercent(draftOf(flag), 25)).value;
  expect(changed && rolloutOf(changed)).toEqual({ variant: 'on', percent: 25 });
  expect(changed?.targeting).toMatchObject({
    if: [
      { '===': [{ var: 'plan' }, 'pro'] },
      'on',
      {
        fractional: [
          ['on', 25],
          ['off', 75],
        ],
      },
    ],
  });
  const own = { ...draftOf(flag), targeting: '{ "var": "variant" }' };
  expect(withPercent(own, 25)).toBe(own);
});

it('loses its targeting where it becomes a kill flag, which has none', () => {
  expect(flagOf(withType(draftOf(flag), 'kill')).value).toMatchObject({ type: 'kill', targeting: {} });
});

it('begins as a flag that nobody has, and a kill flag as one that is on', () => {
  expect(flagOf(firstDraft('release', '', '')).value).toMatchObject({ defaultVariant: 'off', type: 'release' });
  expect(flagOf(firstDraft('kill', '', 'ada')).value).toMatchObject({ defaultVariant: 'on', owner: 'ada' });
});
