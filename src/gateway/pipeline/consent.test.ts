import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConsentPolicy, consentSchema } from '#contract/documents/consent.ts';
import { isConsented, type Preferences, preferencesOf } from './consent.ts';

const policy = (more: Partial<ConsentPolicy> = {}): ConsentPolicy => consentSchema.parse({ categories: ['ads', 'stats'], ...more });

describe('consent', () => {
  it('needs every category, or any, as the destination says', () => {
    const some = { ads: true, stats: false };
    expect(isConsented(policy(), [some])).toBe(false);
    expect(isConsented(policy({ match: 'any' }), [some])).toBe(true);
    expect(isConsented(policy(), [{ ads: true, stats: true }])).toBe(true);
  });

  it('takes what nobody speaks of as the policy says', () => {
    expect(isConsented(policy(), [])).toBe(false);
    expect(isConsented(policy({ whenUnknown: 'allow' }), [])).toBe(true);
    expect(isConsented(policy({ whenUnknown: 'allow' }), [{ ads: false }])).toBe(false);
    expect(isConsented(policy({ match: 'any', whenUnknown: 'allow' }), [{ ads: false }])).toBe(true);
  });

  it('takes one no for a no, whoever says yes', () => {
    const yes = { ads: true, stats: true };
    expect(isConsented(policy(), [yes, { ads: false }])).toBe(false);
    expect(isConsented(policy(), [{ ads: false }, yes])).toBe(false);
    expect(isConsented(policy(), [{ ads: true }, { stats: true }])).toBe(true);
  });

  it('reads Segment’s consent object, and nothing that is not one', () => {
    expect(preferencesOf({ consent: { categoryPreferences: { ads: true, stats: 'yes', x: false } } })).toEqual({ ads: true, x: false });
    for (const context of [
      null,
      undefined,
      {},
      { consent: true },
      { consent: { categoryPreferences: [] } },
      { consent: { categoryPreferences: {} } },
    ])
      expect(preferencesOf(context)).toBeNull();
    expect(isConsented(policy({ categories: ['constructor'] }), [{}])).toBe(false);
  });

  it('never sends more when something is withdrawn', () => {
    const category = fc.constantFrom('ads', 'stats', 'mail', 'toString');
    const voice: fc.Arbitrary<Preferences> = fc.dictionary(category, fc.boolean());
    const anyPolicy = fc.record({
      categories: fc.uniqueArray(category, { minLength: 1 }),
      match: fc.constantFrom('all', 'any'),
      whenUnknown: fc.constantFrom('deny', 'allow'),
    });
    fc.assert(
      fc.property(anyPolicy, fc.array(voice, { maxLength: 3 }), fc.nat(), category, (raw, voices, at, withdrawn) => {
        const rule = consentSchema.parse(raw);
        const changed =
          voices.length === 0
            ? [{ [withdrawn]: false }]
            : voices.map((each, index) => (index === at % voices.length ? { ...each, [withdrawn]: false } : each));
        // Never more: what was denied before stays denied.
        expect(!isConsented(rule, voices) && isConsented(rule, changed)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
