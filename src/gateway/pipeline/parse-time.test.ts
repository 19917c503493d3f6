import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';

it('reads every time as Date.parse does', () => {
  const time = fc
    .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const position = fc.nat(23);
  const spoilt = fc
    .tuple(time, position, fc.constantFrom('0', '9', '3', 'x', '-', ' '))
    .map(([text, at, by]) => text.slice(0, at) + by + text.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(time, spoilt, fc.string()), (text) => {
      expect(parseTime(text)).toBe(Date.parse(text));
    }),
    {
      numRuns: 5000,
      examples: [
        ['2024-02-29T00:00:00.000Z'],
        ['2000-03-01T00:00:00.000Z'],
        ['1900-02-28T23:59:59.999Z'],
        ['2023-02-29T00:00:00.000Z'],
        ['2023-02-31T24:00:00.000Z'],
      ],
    },
  );
});
