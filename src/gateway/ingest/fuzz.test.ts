import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFrontDoor, track } from './testing/front-door.ts';

const path = fc.constantFrom('/v1/track', '/v1/identify', '/v1/alias', '/v1/batch', '/v1/json', '/v1/b', '/v1/m', '/v1/nonsense');

/** JSON that is nearly right: fields of an event with values of any type. */
const nearlyEvent = fc.record(
  {
    type: fc.oneof(fc.constantFrom('track', 'identify', 'page', 'alias', 'boo'), fc.jsonValue()),
    messageId: fc.oneof(fc.string({ maxLength: 120 }), fc.constantFrom('same', 'same too'), fc.jsonValue()),
    event: fc.oneof(fc.string(), fc.jsonValue()),
    userId: fc.oneof(fc.string(), fc.integer(), fc.jsonValue()),
    anonymousId: fc.jsonValue(),
    timestamp: fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.string(),
      fc.double(),
    ),
    properties: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
    context: fc.jsonValue(),
    integrations: fc.jsonValue(),
    writeKey: fc.oneof(fc.constant('web-key'), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const batch = fc.record(
  {
    batch: fc.array(fc.oneof(nearlyEvent, fc.constant(track()), fc.jsonValue()), { maxLength: 6 }),
    context: fc.jsonValue(),
    sentAt: fc.jsonValue(),
    writeKey: fc.constantFrom('web-key', 'nobody'),
  },
  { requiredKeys: ['batch'] },
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  nearlyEvent.map((json) => Buffer.from(JSON.stringify(json))),
  batch.map((json) => Buffer.from(JSON.stringify(json))),
);

/** Events that a body stands for when it is counted: a batch by its length, all else as one. */
function eventsIn(sent: Buffer, at: string): number {
  try {
    const json: unknown = JSON.parse(sent.toString());
    const list =
      at === '/v1/json'
        ? json
        : typeof json === 'object' && json !== null && 'batch' in json && (at === '/v1/batch' || at === '/v1/b')
          ? json.batch
          : null;
    return Array.isArray(list) ? Math.max(1, list.length) : 1;
  } catch {
    return 1;
  }
}

describe('whatever bytes arrive', () => {
  it('the server answers, never hits a bug, and every event has exactly one fate (S1)', async () => {
    const door = await openFrontDoor();
    let sentEvents = 0;
    await fc.assert(
      fc.asyncProperty(path, body, fc.boolean(), async (at, sent, gzip) => {
        const before = door.appended.length;
        const answer = await door.send(at, gzip ? gzipSync(sent) : sent, gzip ? { headers: { 'content-encoding': 'gzip' } } : {});
        expect([200, 400, 404, 413]).toContain(answer.status);
        expect(answer.json).toHaveProperty('success', answer.status === 200);
        if (at !== '/v1/m' && at !== '/v1/nonsense') sentEvents += eventsIn(sent, at);
        const { received, accepted, duplicate, malformed, refused } = door.counts('web');
        expect(received).toBe(sentEvents);
        expect(accepted + duplicate + malformed + refused).toBe(received);
        expect(door.log.head()).toBe(accepted);
        for (const request of door.appended.slice(before)) {
          const stored: unknown = JSON.parse(Buffer.from(request.body).toString());
          const elements =
            typeof stored === 'object' && stored !== null && 'batch' in stored && Array.isArray(stored.batch) ? stored.batch : null;
          for (const { element, messageId } of request.events)
            expect(element < 0 ? stored : elements?.[element]).toHaveProperty('messageId', messageId);
        }
      }),
      { numRuns: 400 },
    );
    expect(door.bugs).toEqual([]);
  });
});
