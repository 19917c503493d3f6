import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleEvent, sampleNow } from '#tests/support/simulator/sample-event.ts';
import { packBatches } from './batching.ts';
import type { EncodedRequest } from './connector.ts';
import { vendorDetail } from './detail.ts';
import { cut, eventTimeMs } from './fields.ts';
import { compactKey, headerKey } from './keys.ts';
import { outcomeOfStatus } from './outcomes.ts';

describe('keys', () => {
  it('leave a message id alone that fits', () => {
    expect(compactKey('0d9c1a52-6f5e-4f1b-9d6e-7f3f7a1b2c3d')).toBe('0d9c1a52-6f5e-4f1b-9d6e-7f3f7a1b2c3d');
    expect(headerKey('node-next-1763640000000-0d9c1a52-6f5e-4f1b-9d6e-7f3f7a1b2c3d')).toBe(
      'node-next-1763640000000-0d9c1a52-6f5e-4f1b-9d6e-7f3f7a1b2c3d',
    );
  });

  it('fit their carriers whatever the message id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
        expect(compactKey(id)).toMatch(/^[A-Za-z0-9-]{1,36}$/);
        expect(headerKey(id)).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
      }),
    );
  });

  it('tell apart ids that UTF-8 would write alike', () => {
    expect(compactKey('a\ud800')).not.toBe(compactKey('a\udbff'));
    expect(headerKey('a\ud800')).not.toBe(headerKey('a\udbff'));
  });
});

describe('batches', () => {
  it('keep order, lose nothing and respect both limits', () => {
    const event = sampleEvent();
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 140, max: 400 }),
        (texts, events, bytes) => {
          const parts = texts.map((json) => ({ event, json }));
          const batches = packBatches(parts, { events, bytes, overheadBytes: 2 });
          expect(batches.flat()).toEqual(parts);
          for (const batch of batches) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(events);
            expect(Buffer.byteLength(batch.map((part) => part.json).join(',')) + 2).toBeLessThanOrEqual(bytes);
          }
        },
      ),
    );
  });
});

describe('a detail', () => {
  const request: EncodedRequest = {
    method: 'POST',
    url: 'http://vendor.test/collect?id=1&api_secret=s%2Fecret',
    headers: { authorization: `Basic ${Buffer.from('robot:pa:ss').toString('base64')}` },
    body: null,
    events: [],
  };

  it('holds no credential of the request, in any of its forms', () => {
    expect(vendorDetail('robot with pa:ss and s/ecret or s%2Fecret', request)).toBe('[secret] with [secret] and [secret] or [secret]');
  });

  it('holds no address, no long number, no token, and is one short line', () => {
    expect(vendorDetail('mail ada@example.org\ncall +44 20 7946 0958', request)).toBe('mail [email] call [number]');
    expect(vendorDetail(`token ${'Ab1'.repeat(20)}`, request)).toBe('token [long value]');
    expect(vendorDetail('word '.repeat(200), request).length).toBeLessThanOrEqual(200);
  });
});

describe('the time of an event', () => {
  it('is never later than its arrival, and always a number', () => {
    expect(eventTimeMs(sampleEvent({ timestamp: sampleNow + 5000, receivedAt: sampleNow }))).toBe(sampleNow);
    expect(eventTimeMs(sampleEvent({ timestamp: Number.NaN, receivedAt: sampleNow }))).toBe(sampleNow);
  });
});

describe('cutting a text', () => {
  it('never leaves half a character', () => {
    expect(cut('ab😀', 3)).toBe('ab');
    expect(cut('ab😀', 4)).toBe('ab😀');
  });
});

describe('a bare HTTP status', () => {
  const of = (status: number, headers: Record<string, string> = {}): string => outcomeOfStatus({ status, headers, body: '' }, '').kind;

  it('parks on a refused credential, waits when told, halves what is too large and retries what is broken', () => {
    expect([401, 403].map((status) => of(status))).toEqual(['authHold', 'authHold']);
    expect([of(429), of(503, { 'retry-after': '3' }), of(503)]).toEqual(['throttled', 'throttled', 'retry']);
    expect([400, 413, 422].map((status) => of(status))).toEqual(['bisect', 'bisect', 'bisect']);
    expect([301, 404, 405, 408, 425, 500, 502].map((status) => of(status))).toEqual(Array(7).fill('retry'));
  });

  it('is no verdict where it is good but the body is not the vendor’s', () => {
    expect(of(200)).toBe('uncertain');
  });
});
