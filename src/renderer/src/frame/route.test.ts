import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHash, toHash } from './route.ts';

describe('a place as a hash', () => {
  it('names environment, path and query', () => {
    expect(parseHash('#/@production/destinations/hubspot?range=1h')).toEqual({
      environment: 'production',
      path: '/destinations/hubspot',
      segments: ['destinations', 'hubspot'],
      query: { range: '1h' },
    });
  });

  it('works without an environment', () => {
    expect(parseHash('#/destinations').environment).toBeNull();
  });

  it('treats what is not a place as the root', () => {
    for (const hash of ['', '#', '#token=abc', '#javascript:alert(1)', '#/@../x/%']) expect(parseHash(hash).environment).toBeNull();
    expect(parseHash('#token=abc').path).toBe('/');
  });

  it('comes back the same after being written and read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }).filter((text) => !text.startsWith('@'))),
        fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })),
        (segments, query) => {
          const route = { environment: 'staging', path: `/${segments.map(encodeURIComponent).join('/')}`, query };
          const again = parseHash(toHash(route));
          expect(again.segments).toEqual(segments);
          expect(again.query).toEqual({ ...query });
          expect(again.environment).toBe('staging');
        },
      ),
    );
  });
});
