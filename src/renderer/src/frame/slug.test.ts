import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameSchema } from '#contract/documents/source.ts';
import { freeSlug, slugOf } from './slug.ts';

describe('ids from names', () => {
  test('read like the name', () => {
    expect(['HubSpot (EU)', 'Café Order', '  GA 4 '].map(slugOf)).toEqual(['hubspot-eu', 'cafe-order', 'ga-4']);
  });

  test('a taken one gets a number', () => {
    expect(freeSlug('Web shop', new Set(['web-shop', 'web-shop-2']))).toBe('web-shop-3');
  });

  test('whatever is typed, the contract takes what comes out, unless nothing does', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => slugOf(name) === '' || nameSchema.safeParse(slugOf(name)).success));
  });
});
