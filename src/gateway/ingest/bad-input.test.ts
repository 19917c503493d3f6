import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { basic, openFrontDoor, track } from './testing/front-door.ts';

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

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
    expect(await door.send('/v1/track', track(), { headers: { 'content-encoding': 'br' } })).toMatchObject({
      status: 415,
      json: { error: { code: 'INGEST_ENCODING_UNSUPPORTED' } },
    });
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
