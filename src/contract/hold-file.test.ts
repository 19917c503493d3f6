import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SwitchScope } from './documents/switch.ts';
import { formatHoldFile, parseHoldFile } from './hold-file.ts';

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/).filter((text) => text !== 'everything');
const event = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() === text && !/[\r\n]/.test(text));
const scope: fc.Arbitrary<SwitchScope> = fc.oneof(
  fc.constant<SwitchScope>({ type: 'everything' }),
  name.map((destination): SwitchScope => ({ type: 'destination', destination })),
  name.map((source): SwitchScope => ({ type: 'source', source })),
  event.map((text): SwitchScope => ({ type: 'event', event: text })),
);

describe('the hold file', () => {
  it('reads back whatever scopes were written to it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(scope, { selector: (one) => JSON.stringify(one), maxLength: 8 }), (scopes) => {
        const { holds, mistakes } = parseHoldFile(formatHoldFile(scopes));
        expect(mistakes).toEqual([]);
        expect(holds).toEqual(scopes);
      }),
    );
  });

  it('takes a bare name for a destination, and skips comments, blank lines and Windows line ends', () => {
    expect(parseHoldFile('# stop the mail\r\n\r\n  hubspot  \r\nsource: web\r\n').holds).toEqual([
      { type: 'destination', destination: 'hubspot' },
      { type: 'source', source: 'web' },
    ]);
  });

  it('holds everything when it is empty, and nothing when all is commented out', () => {
    expect(parseHoldFile(' \n').holds).toEqual([{ type: 'everything' }]);
    expect(parseHoldFile('# hubspot\n')).toEqual({ holds: [], mistakes: [] });
  });

  it('names each line that it does not understand', () => {
    const { holds, mistakes } = parseHoldFile('hubspot\nHubSpot!\nlane:meta\nevent:\n');
    expect(holds).toEqual([{ type: 'destination', destination: 'hubspot' }]);
    expect(mistakes.map((mistake) => mistake.line)).toEqual([2, 3, 4]);
  });
});
