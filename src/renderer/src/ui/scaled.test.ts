import { describe, expect, test } from 'vitest';
import { byteUnits, scaledText, timeUnits, unitFor } from './scaled.ts';

describe('settings as people type them', () => {
  test('the largest whole unit is used', () => {
    expect([7 * 86_400_000, 10_000, 90_000, 0].map((value) => scaledText(value, timeUnits))).toEqual(['7 d', '10 s', '90 s', '0 ms']);
    expect(scaledText(20 * 1024 ** 3, byteUnits)).toBe('20 GiB');
  });

  test('a value that is whole in no unit keeps the largest that it reaches', () => {
    expect(unitFor(1_500_000_000, byteUnits).label).toBe('GiB');
    expect(scaledText(1_500_000_000, byteUnits)).toBe('1.4 GiB');
  });
});
