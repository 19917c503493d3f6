import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankWriteKey } from './blank-write-key.ts';

function blank(text: string, value: unknown = 'k'): string | null {
  const body = Buffer.from(text);
  return blankWriteKey(body, value) ? body.toString() : null;
}

describe('blanking the write key', () => {
  it.each([
    ['{"writeKey":"k","a":1}', '{               "a":1}'],
    ['{"a":1,"writeKey":"k"}', '{"a":1               }'],
    ['{"a":1 , "writeKey" : "k" }', `{"a":1${' '.repeat(20)}}`],
    ['{"writeKey":"k"}', '{              }'],
  ])('%s', (text, expected) => {
    expect(blank(text)).toBe(expected);
  });

  it.each([
    '{"a":"writeKey","writeKey":"k"}',
    '{"b":{"writeKey":"k"},"writeKey":"k"}',
    '{"write\\u004bey":"k","b":{"writeKey":"k"}}',
    '{"writeKey":"k\\"","a":1}',
  ])('is left to a rewrite where it is not certain: %s', (text) => {
    expect(blank(text, JSON.parse(text).writeKey)).toBeNull();
  });

  it('changes nothing else, whatever surrounds it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.option(fc.nat(3), { nil: undefined }),
        (before, after, writeKey, space) => {
          const json = { ...before, writeKey, ...after };
          const text = blank(JSON.stringify(json, null, space), json.writeKey);
          if (text === null) return;
          const { writeKey: _gone, ...rest } = json;
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(rest)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
