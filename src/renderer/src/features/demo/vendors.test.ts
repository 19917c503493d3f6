import { describe, expect, it } from 'vitest';
import { destinationOf, failures, isFailure, vendorName } from './vendors.ts';

describe('the demo’s vendors', () => {
  it('finds the destination that sends to a vendor by the end of its endpoint', () => {
    const destinations = [
      { id: 'a', value: { endpoint: 'http://127.0.0.1:1/meta' } },
      { id: 'b', value: { endpoint: 'http://127.0.0.1:1/webhook' } },
      { id: 'gone', value: null },
    ];
    expect(destinationOf('webhook', destinations)).toBe('b');
    expect(destinationOf('ga4', destinations)).toBeNull();
  });

  it('names a vendor it does not know by its own word', () => {
    expect(vendorName('meta')).toBe('Meta');
    expect(vendorName('other')).toBe('other');
  });

  it('knows a failure from any other text', () => {
    for (const { value } of failures) expect(isFailure(value)).toBe(true);
    expect(isFailure('explode')).toBe(false);
    expect(isFailure(null)).toBe(false);
  });
});
