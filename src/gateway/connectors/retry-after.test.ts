import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const date = 'Fri, 20 Nov 2026 12:00:00 GMT';

describe('Retry-After', () => {
  it('reads seconds', () => {
    expect(retryAfterMs({ 'retry-after': '7' })).toBe(7000);
    expect(retryAfterMs({ 'retry-after': ' 0 ' })).toBe(0);
    expect(retryAfterMs({ 'retry-after': '1.5' })).toBe(1500);
  });

  it('reads a date against the clock of the vendor, not ours', () => {
    expect(retryAfterMs({ 'retry-after': 'Fri, 20 Nov 2026 12:02:00 GMT', date })).toBe(120_000);
    expect(retryAfterMs({ 'retry-after': 'Friday, 20-Nov-26 12:00:30 GMT', date })).toBe(30_000);
    expect(retryAfterMs({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT', date })).toBe(0);
  });

  it('says nothing where the vendor says nothing that can be read', () => {
    for (const text of ['', 'soon', '-5', '12:00', 'Fri']) expect(retryAfterMs({ 'retry-after': text, date })).toBeNull();
    expect(retryAfterMs({})).toBeNull();
    expect(retryAfterMs({ 'retry-after': 'Fri, 20 Nov 2026 12:02:00 GMT' })).toBeNull();
  });

  it('never waits longer than a day, whatever the header says', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          fc.date({ noInvalidDate: true }).map((day) => day.toUTCString()),
        ),
        (text) => {
          const waitMs = retryAfterMs({ 'retry-after': text, date });
          expect(waitMs === null || (waitMs >= 0 && waitMs <= 86_400_000)).toBe(true);
        },
      ),
    );
  });
});
