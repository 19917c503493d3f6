import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Appended } from '#gateway/log/event-log.ts';
import { createIngestServer } from './ingest-server.ts';
import { basic, NOW, openFrontDoor, track } from './testing/front-door.ts';

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

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

describe('bad input gets the right status, and says what to do', () => {
  it.each<[string, string, unknown, number, string]>([
    ['malformed JSON', '/v1/track', '{"event":', 400, 'INGEST_BODY_MALFORMED'],
    ['an empty body', '/v1/track', '', 400, 'INGEST_BODY_MALFORMED'],
    ['invalid UTF-8', '/v1/track', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 400, 'INGEST_BODY_MALFORMED'],
    ['an unknown type', '/v1/purchase', track(), 404, 'INGEST_TYPE_UNKNOWN'],
    ['missing ids', '/v1/track', track({ userId: undefined }), 400, 'INGEST_EVENT_INVALID'],
    ['a missing event name', '/v1/track', track({ event: '' }), 400, 'INGEST_EVENT_INVALID'],
    ['an event that is an array', '/v1/track', [track()], 400, 'INGEST_EVENT_INVALID'],
    ['a message id of 101 characters', '/v1/track', track({ messageId: 'x'.repeat(101) }), 400, 'INGEST_EVENT_INVALID'],
    ['a message id that is no text', '/v1/track', track({ messageId: 7 }), 400, 'INGEST_EVENT_INVALID'],
    ['65 levels of nesting', '/v1/track', `{"event":"e","userId":"u","properties":${nested(64)}}`, 400, 'INGEST_BODY_TOO_DEEP'],
    ['15,000 levels of nesting', '/v1/track', '['.repeat(15_000) + ']'.repeat(15_000), 400, 'INGEST_EVENT_INVALID'],
    ['a prototype key', '/v1/track', '{"event":"e","userId":"u","properties":{"__proto__":{"admin":true}}}', 400, 'INGEST_EVENT_INVALID'],
    ['an escaped prototype key', '/v1/track', '{"event":"e","userId":"u","\\u005f_proto__":{}}', 400, 'INGEST_EVENT_INVALID'],
    [
      'a constructor with a prototype',
      '/v1/track',
      '{"event":"e","userId":"u","context":{"constructor":{"prototype":{}}}}',
      400,
      'INGEST_EVENT_INVALID',
    ],
    ['an event over 32 KB', '/v1/track', track({ properties: { text: 'x'.repeat(33_000) } }), 413, 'INGEST_BODY_TOO_LARGE'],
    [
      'a batch over 500 KB',
      '/v1/batch',
      { batch: Array.from({ length: 20 }, () => track({ properties: { text: 'x'.repeat(30_000) } })) },
      413,
      'INGEST_BODY_TOO_LARGE',
    ],
  ])('%s', async (_what, path, body, status, code) => {
    const door = await openFrontDoor();
    const answer = await door.send(path, body);
    expect(answer).toMatchObject({
      status,
      json: { success: false, error: { code, message: expect.any(String), suggestedAction: expect.any(String) } },
    });
    expect(door.log.head()).toBe(0);
    expect((await door.send('/v1/track', track())).status).toBe(200);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('admin');
    expect(door.bugs).toEqual([]);
  });

  it('names every field that is wrong', async () => {
    const door = await openFrontDoor();
    const answer = await door.send('/v1/track', { messageId: 7, properties: [], userId: {} });
    expect(answer.json).toMatchObject({
      error: {
        details: {
          issues: [
            { path: 'messageId', message: 'Invalid input: expected string, received number' },
            { path: 'userId', message: 'Invalid input: expected string, received object' },
            { path: 'properties', message: 'Invalid input: expected object, received array' },
            { path: 'event', message: 'Required: a track call needs event' },
          ],
        },
      },
    });
  });

  it('never quotes the body in an error', async () => {
    const door = await openFrontDoor();
    for (const body of ['{"email": ada@example.com}', '{"email": "ada@example.com', '{"email": "ada@example.com"}}']) {
      const answer = await door.send('/v1/track', body);
      expect(answer.text).toContain('not JSON');
      expect(answer.text).not.toContain('ada');
    }
  });

  it('64 levels are still fine', async () => {
    const door = await openFrontDoor();
    expect((await door.send('/v1/track', `{"event":"e","userId":"u","properties":${nested(63)}}`)).status).toBe(200);
  });

  it('an unknown write key, a source that is off, a wrong method, an unknown encoding', async () => {
    const door = await openFrontDoor();
    expect(await door.send('/v1/track', track(), { key: 'nobody' })).toMatchObject({
      status: 401,
      json: { error: { code: 'INGEST_KEY_UNKNOWN' } },
      headers: { 'www-authenticate': 'Basic realm="write key"' },
    });
    expect(await door.send('/v1/track', track(), { key: null })).toMatchObject({ status: 401 });
    expect(await door.send('/v1/track', track({ writeKey: 'nobody' }), { key: null })).toMatchObject({ status: 401 });
    expect(await door.send('/v1/track', track(), { key: null, headers: { authorization: 'Bearer web-key' } })).toMatchObject({
      status: 401,
    });
    expect(door.server.unattributed()).toBe(4);
    expect(await door.send('/v1/track', track(), { key: 'off-key' })).toMatchObject({
      status: 403,
      json: { error: { code: 'INGEST_SOURCE_DISABLED' } },
    });
    expect(door.counts('off')).toMatchObject({ received: 1, refused: 1 });
    expect(await door.send('/v1/track', undefined, { method: 'GET' })).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
      json: { error: { code: 'INGEST_METHOD_NOT_ALLOWED' } },
    });
    expect(await door.send('/v1/track', track(), { headers: { 'content-encoding': 'br' } })).toMatchObject({ status: 415 });
  });

  it('damaged gzip, and a bomb that unpacks to 10 MB', async () => {
    const door = await openFrontDoor();
    const gzip = { headers: { 'content-encoding': 'gzip' } };
    expect(await door.send('/v1/batch', Buffer.from('not gzip'), gzip)).toMatchObject({
      status: 400,
      json: { error: { code: 'INGEST_BODY_MALFORMED' } },
    });
    const bomb = gzipSync(`{"batch":[${' '.repeat(10_000_000)}]}`);
    expect(bomb.length).toBeLessThan(30_000);
    expect(await door.send('/v1/batch', bomb, gzip)).toMatchObject({ status: 413, json: { error: { code: 'INGEST_BODY_TOO_LARGE' } } });
    expect(door.counts('web')).toMatchObject({ received: 2, malformed: 2 });
  });
});

describe('a body of 10 MB', () => {
  const head = (more: string) => `POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: ${basic('web-key')}\r\n${more}\r\n\r\n`;

  /** Writes until the peer closes; what it said, and how much we could push. */
  function push(port: number, header: string, chunk: Buffer, total: number): Promise<{ said: string; pushedBytes: number }> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      let said = '';
      let pushedBytes = 0;
      socket.on('data', (data) => {
        said += data;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve({ said, pushedBytes }));
      socket.write(header);
      const more = () => {
        while (pushedBytes < total && socket.writable) {
          pushedBytes += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', more);
        }
      };
      more();
    });
  }

  it('is declined by its length, without being read to the end', async () => {
    const door = await openFrontDoor();
    const total = 200_000_000;
    const { said, pushedBytes } = await push(door.server.port, head(`content-length: ${total}`), Buffer.alloc(65_536, 32), total);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(said.toLowerCase()).toContain('connection: close');
    expect(pushedBytes).toBeLessThan(total / 2);
    expect(door.counts('web')).toMatchObject({ received: 1, malformed: 1 });
  });

  it('is cut off where it does not say its length', async () => {
    const door = await openFrontDoor();
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 32), Buffer.from('\r\n')]);
    const { said, pushedBytes } = await push(door.server.port, head('transfer-encoding: chunked'), chunk, 200_000_000);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(pushedBytes).toBeLessThan(100_000_000);
  });

  it('is not even sent by a client that asks first', async () => {
    const door = await openFrontDoor();
    const { said } = await push(door.server.port, head('content-length: 10000000\r\nexpect: 100-continue'), Buffer.alloc(0), 0);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    const small = JSON.stringify({ batch: [track()] });
    const asked = await push(
      door.server.port,
      head(`content-length: ${small.length}\r\nexpect: 100-continue\r\nconnection: close`),
      Buffer.from(small),
      small.length,
    );
    expect(asked.said).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });
});

describe('when the log cannot take events', () => {
  it('answers 503 with Retry-After before it reads, and counts the event as refused', async () => {
    const door = await openFrontDoor({ refusal: () => appError('INGEST_DISK_FULL') });
    const answer = await door.send('/v1/track', track());
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' }, json: { error: { code: 'INGEST_DISK_FULL' } } });
    expect(door.counts('web')).toMatchObject({ received: 1, refused: 1 });
  });

  it('answers 503 when the append fails or throws, and acknowledges nothing', async () => {
    const failing = await openFrontDoor({ append: async () => err(appError('INGEST_STORE_FAILED')) });
    expect(await failing.send('/v1/batch', { batch: [track(), track({ messageId: 'b' }), {}] })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
    });
    expect(failing.counts('web')).toMatchObject({ received: 3, refused: 2, malformed: 1 });
    const throwing = await openFrontDoor({ append: () => Promise.reject(new Error('bug')) });
    expect((await throwing.send('/v1/track', track())).status).toBe(503);
    expect(throwing.bugs).toHaveLength(1);
  });

  it('answers only after the append has resolved', async () => {
    const order: string[] = [];
    let release = () => {};
    const door = await openFrontDoor({
      append: () =>
        new Promise((resolve) => {
          release = () => {
            order.push('committed');
            resolve({ ok: true, value: { seqs: [1], accepted: 1, duplicate: 0 } });
          };
          setImmediate(() => setImmediate(release));
        }),
    });
    await door.send('/v1/track', track());
    order.push('answered');
    expect(order).toEqual(['committed', 'answered']);
  });
});

describe('browsers', () => {
  it('may ask from any page, with the headers they need', async () => {
    const door = await openFrontDoor();
    const answer = await door.send('/v1/t', undefined, {
      method: 'OPTIONS',
      key: null,
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-allow-methods': 'GET, POST, OPTIONS',
      },
    });
    expect((await door.send('/v1/t', track())).headers['access-control-allow-origin']).toBe('*');
    expect((await door.send('/v1/t', '{')).headers['access-control-allow-origin']).toBe('*');
  });

  it('are told to send here and nowhere else', async () => {
    const door = await openFrontDoor();
    const answer = await door.send('/v1/projects/web-key/settings', undefined, {
      method: 'GET',
      key: null,
      headers: { host: 'events.example:8080' },
    });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        integrations: { 'Segment.io': { apiKey: 'web-key', apiHost: 'events.example:8080/v1', protocol: 'http' } },
        metrics: { sampleRate: 0 },
      },
    });
    expect(Object.keys((answer.json as { integrations: object }).integrations)).toEqual(['Segment.io']);
    expect(answer.text).not.toContain('segment.com');
    expect((await door.send('/v1/projects/nobody/settings', undefined, { method: 'GET', key: null })).status).toBe(401);
    expect(
      (await door.send('/v1/projects/web-key/settings', undefined, { method: 'GET', key: null, headers: { host: 'a b/c' } })).status,
    ).toBe(400);
    expect((await door.send('/v1/projects/%ff/settings', undefined, { method: 'GET', key: null })).status).toBe(401);
  });

  it('may report on themselves, which is dropped', async () => {
    const door = await openFrontDoor();
    expect((await door.send('/v1/m', { series: [] }, { key: null })).status).toBe(200);
    expect(door.appended).toHaveLength(0);
  });
});

describe('the server', () => {
  it('says that its port is taken', async () => {
    const door = await openFrontDoor();
    const second = await createIngestServer({
      port: door.server.port,
      host: '127.0.0.1',
      log: door.log,
      sources: () => new Map(),
      route: () => 0,
      meter: { ingest: () => {} },
      now: () => NOW,
      logger: { error: () => {} },
    });
    expect(second).toMatchObject({ ok: false, error: { code: 'PORT_IN_USE', details: { port: door.server.port } } });
  });

  it('answers what it has taken before it closes', async () => {
    let commit = () => {};
    const arrived = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let finish: (value: Result<Appended>) => void = () => {};
    const door = await openFrontDoor({
      append: () =>
        new Promise((resolve) => {
          finish = resolve;
          commit();
        }),
    });
    const answer = door.send('/v1/track', track());
    await arrived;
    const closed = door.server.close(5000);
    finish(ok({ seqs: [1], accepted: 1, duplicate: 0 }));
    expect((await answer).status).toBe(200);
    await closed;
    await expect(door.send('/v1/track', track())).rejects.toThrow();
  });

  it('answers what is no HTTP, and lives on', async () => {
    const door = await openFrontDoor();
    const said = await new Promise<string>((resolve) => {
      const socket = connect(door.server.port, '127.0.0.1', () => socket.write('\x16\x03\x01 hello\r\n\r\n'));
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('close', () => resolve(text));
    });
    expect(said).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*INGEST_REQUEST_MALFORMED/);
    expect((await door.send('/v1/track', track())).status).toBe(200);
  });

  it('counts nothing when a sender goes away in the middle of a body', async () => {
    const door = await openFrontDoor();
    await new Promise<void>((resolve) => {
      const socket = connect(door.server.port, '127.0.0.1', () => {
        socket.write(`POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: ${basic('web-key')}\r\ncontent-length: 100\r\n\r\n{"event"`);
        setImmediate(() => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    expect((await door.send('/v1/track', track())).status).toBe(200);
    expect(door.counts('web')).toMatchObject({ received: 1, accepted: 1 });
    expect(door.bugs).toEqual([]);
  });
});
