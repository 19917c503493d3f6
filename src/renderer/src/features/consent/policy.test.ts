import { expect, it } from 'vitest';
import { consentSchema } from '#contract/documents/consent.ts';
import { categoriesText, policySentence, readIds } from './policy.ts';

const policy = (more: object) => consentSchema.parse({ categories: ['advertising', 'analytics'], ...more });

it('says a policy in words', () => {
  expect(categoriesText(policy({}))).toBe('advertising and analytics');
  expect(categoriesText(policy({ match: 'any', categories: ['a', 'b', 'c'] }))).toBe('a, b or c');
  expect(policySentence('Meta', policy({}))).toBe(
    'Meta gets an event only of somebody who granted advertising and analytics, each of them. What nobody said anything about counts as withdrawn.',
  );
  expect(policySentence('Meta', policy({ categories: ['ads'], whenUnknown: 'allow' }))).toBe(
    'Meta gets an event only of somebody who granted ads. What nobody said anything about counts as granted.',
  );
});

it('reads ids as they are pasted', () => {
  expect(readIds(' a@x.org\nb@x.org, a@x.org;\tc ')).toEqual(['a@x.org', 'b@x.org', 'c']);
  expect(readIds(' \n')).toEqual([]);
});
