import { expect, it } from 'vitest';
import { flagSchema } from './flag.ts';
import { staleAfterMs, staleness } from './flag-stale.ts';

const now = 1_750_000_000_000;
const longAgo = now - staleAfterMs;
const flag = (more: object = {}) => flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', ...more });
const used = { changedAt: longAgo, evaluatedAt: now, watchedSince: longAgo };

it('points out a release that everybody has or nobody has for 30 days', () => {
  expect(staleness(flag(), used, now)).toEqual(['decided']);
  expect(staleness(flag({ targeting: { if: [true, 'on'] } }), used, now)).toEqual(['decided']);
  expect(staleness(flag({ state: 'DISABLED' }), used, now)).toEqual(['decided']);
  expect(staleness(flag(), { ...used, changedAt: longAgo + 1 }, now)).toEqual([]);
  expect(
    staleness(
      flag({
        targeting: {
          fractional: [
            ['on', 1],
            ['off', 1],
          ],
        },
      }),
      used,
      now,
    ),
  ).toEqual([]);
});

it('leaves a kill flag alone that rests, for that is what it is for', () => {
  expect(staleness(flag({ type: 'kill', defaultVariant: 'on' }), used, now)).toEqual([]);
  expect(staleness(flag({ type: 'ops' }), used, now)).toEqual([]);
});

it('points out a flag whose date has come, and one that nobody asks for', () => {
  expect(staleness(flag({ type: 'ops', staleAt: now }), used, now)).toEqual(['date']);
  expect(staleness(flag({ type: 'ops', staleAt: now + 1 }), used, now)).toEqual([]);
  expect(staleness(flag({ type: 'ops' }), { ...used, evaluatedAt: longAgo }, now)).toEqual(['unused']);
  expect(staleness(flag({ type: 'ops' }), { ...used, evaluatedAt: null }, now)).toEqual(['unused']);
});

it('accuses nobody before it has watched for 30 days', () => {
  expect(staleness(flag({ type: 'ops' }), { changedAt: longAgo, evaluatedAt: null, watchedSince: longAgo + 1 }, now)).toEqual([]);
});
