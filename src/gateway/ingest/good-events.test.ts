import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NOW, openFrontDoor, track } from './testing/front-door.ts';

describe('a good event', () => {
  it('is answered once the log has it, and is stored byte for byte as it came', async () => {
    const door = await openFrontDoor();
    const body = '{ "messageId": "m-1",  "event":"Order Completed","userId":"u-1", "properties":{"é":1.50} }';
    const answer = await door.send('/v1/track', body);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"success":true}');
    expect(Buffer.from(door.appended[0]!.body).toString()).toBe(body);
    expect(door.appended[0]).toMatchObject({ source: 'web', receivedAt: NOW, events: [{ messageId: 'm-1', type: 'track', element: -1 }] });
    expect(door.log.head()).toBe(1);
  });

  it.each([
    ['/v1/track', track()],
    ['/v1/t', track()],
    ['/v1/identify', { userId: 'u', traits: {} }],
    ['/v1/i', { userId: 'u' }],
    ['/v1/page', { anonymousId: 'a', name: 'Home' }],
    ['/v1/p', { anonymousId: 'a' }],
    ['/v1/screen', { anonymousId: 'a', name: 'Cart' }],
    ['/v1/s', { anonymousId: 'a' }],
    ['/v1/group', { userId: 'u', groupId: 'g' }],
    ['/v1/g', { userId: 'u', groupId: 7 }],
    ['/v1/alias', { userId: 'u', previousId: 'a' }],
    ['/v1/a', { userId: 'u', previousId: 'a' }],
    ['/v1/batch', { batch: [track()] }],
    ['/v1/b', { batch: [track()] }],
    ['/v1/import', { batch: [track()] }],
    ['/v1/track/?sent=beacon', track()],
  ])('is taken at %s', async (path, body) => {
    const door = await openFrontDoor();
    expect(await door.send(path, body)).toMatchObject({ status: 200, text: '{"success":true}' });
    expect(door.log.head()).toBe(1);
  });

  it('may carry its write key in the body, which is then not stored', async () => {
    const door = await openFrontDoor();
    expect((await door.send('/v1/track', track({ writeKey: 'web-key' }), { key: null })).status).toBe(200);
    expect(
      (await door.send('/v1/batch', { batch: [track({ messageId: 'm-2', writeKey: 'web-key' })], writeKey: 'web-key' }, { key: null }))
        .status,
    ).toBe(200);
    expect(
      (await door.send('/v1/batch', { batch: [track({ messageId: 'm-3' })], writeKey: 'web-key', sentAt: 'x' }, { key: null })).status,
    ).toBe(200);
    expect(door.counts('web').accepted).toBe(3);
    for (const { body } of door.appended) expect(Buffer.from(body).toString()).not.toContain('web-key');
  });

  it('gets a message id where it has none, and the stored bytes carry the same one', async () => {
    const door = await openFrontDoor();
    await door.send('/v1/track', track({ messageId: undefined }));
    const [request] = door.appended;
    const stored = JSON.parse(Buffer.from(request!.body).toString());
    expect(stored.messageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(request!.events[0]!.messageId).toBe(stored.messageId);
  });

  it('may be gzipped', async () => {
    const door = await openFrontDoor();
    const answer = await door.send('/v1/batch', gzipSync(JSON.stringify({ batch: [track()] })), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(Buffer.from(door.appended[0]!.body).toString()).batch).toHaveLength(1);
  });

  it('counts as a duplicate when it comes again, and is answered the same', async () => {
    const door = await openFrontDoor();
    await door.send('/v1/track', track());
    expect((await door.send('/v1/track', track())).text).toBe('{"success":true}');
    expect((await door.send('/v1/batch', { batch: [track(), track({ messageId: 'new' }), track({ messageId: 'new' })] })).status).toBe(200);
    expect(door.counts('web')).toMatchObject({ received: 5, accepted: 2, duplicate: 3 });
  });

  it('has its time corrected for a clock that is years off', async () => {
    const door = await openFrontDoor();
    const hourBefore = (iso: string) => new Date(Date.parse(iso) - 3_600_000).toISOString();
    const wrongNow = '1999-01-01T00:00:00.000Z';
    await door.send('/v1/track', track({ timestamp: hourBefore(wrongNow), sentAt: wrongNow }));
    await door.send('/v1/track', track({ messageId: 'm-2', timestamp: wrongNow }));
    expect(door.appended.map(({ events }) => events[0]!.event.timestamp)).toEqual([NOW - 3_600_000, NOW]);
  });
});

describe('a batch', () => {
  it('is stored as it came when all is well, with what it shares', async () => {
    const door = await openFrontDoor();
    const body = JSON.stringify({
      context: { app: 'shop' },
      batch: [track({ context: { page: 1 } }), track({ messageId: 'm-2', type: 'identify' })],
    });
    await door.send('/v1/batch', body);
    const [request] = door.appended;
    expect(Buffer.from(request!.body).toString()).toBe(body);
    expect(request!.events.map(({ element }) => element)).toEqual([0, 1]);
    expect(request!.events[0]!.event.context).toEqual({ app: 'shop', page: 1 });
  });

  it('keeps its good events and names the bad ones', async () => {
    const door = await openFrontDoor();
    const batch = [track({ messageId: 'a' }), { type: 'track' }, track({ messageId: 'b' }), 'nonsense', track({ messageId: undefined })];
    const answer = await door.send('/v1/batch', { batch, sentAt: '2026-11-20T12:00:00Z', writeKey: 'web-key' });
    expect(answer).toMatchObject({
      status: 200,
      json: { success: true, accepted: 3, rejected: 2, errors: [{ index: 1, code: 'INGEST_EVENT_INVALID' }, { index: 3 }] },
    });
    const [request] = door.appended;
    const stored = JSON.parse(Buffer.from(request!.body).toString());
    expect(stored).toEqual({
      sentAt: '2026-11-20T12:00:00Z',
      batch: request!.events.map(({ messageId }) => expect.objectContaining({ messageId })),
    });
    expect(request!.events.map(({ element }) => element)).toEqual([0, 1, 2]);
    expect(door.counts('web')).toMatchObject({ received: 5, accepted: 3, malformed: 2 });
  });

  it('is refused when no event is good', async () => {
    const door = await openFrontDoor();
    const answer = await door.send('/v1/batch', { batch: [{}, { type: 'boo', userId: 'u' }] });
    expect(answer).toMatchObject({ status: 400, json: { success: false, error: { code: 'INGEST_EVENT_INVALID' }, rejected: 2 } });
    expect(door.counts('web')).toMatchObject({ received: 2, malformed: 2 });
    expect(door.appended).toHaveLength(0);
  });

  it('says what is wrong with the batch itself', async () => {
    const door = await openFrontDoor();
    for (const body of [
      [],
      {},
      { batch: {} },
      { batch: [] },
      { batch: [track()], context: 1 },
      { batch: Array.from({ length: 2501 }, () => 0) },
    ]) {
      const answer = await door.send('/v1/batch', body);
      expect(answer).toMatchObject({ status: 400, json: { error: { code: 'INGEST_EVENT_INVALID' } } });
    }
    expect(door.appended).toHaveLength(0);
  });

  it('has one event over 32 KB refused and the others kept', async () => {
    const door = await openFrontDoor();
    const answer = await door.send('/v1/batch', {
      batch: [track({ properties: { text: 'é'.repeat(17_000) } }), track({ messageId: 'small' })],
    });
    expect(answer).toMatchObject({ status: 200, json: { accepted: 1, errors: [{ index: 0, code: 'INGEST_BODY_TOO_LARGE' }] } });
  });
});

describe('plain JSON', () => {
  it('becomes a track call by the mapping of its source, alone or in an array', async () => {
    const door = await openFrontDoor();
    const sale = { kind: 'Sale', customer: { id: 42 }, receipt: 'r-1', at: '2026-11-20T11:59:00Z', sale: { total: 3 } };
    expect((await door.send('/v1/json', sale, { key: 'till-key' })).status).toBe(200);
    expect((await door.send('/v1/json', [{ ...sale, receipt: 'r-2' }, { kind: 'Sale' }], { key: 'till-key' })).status).toBe(200);
    const events = door.appended.flatMap((request) => request.events.map(({ event }) => event));
    expect(events).toMatchObject([
      { messageId: 'r-1', name: 'Sale', userId: '42', timestamp: NOW - 60_000, properties: { total: 3 } },
      { messageId: 'r-2' },
    ]);
    expect(door.counts('till')).toMatchObject({ received: 3, accepted: 2, malformed: 1 });
  });
});
