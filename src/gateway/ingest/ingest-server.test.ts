import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Appended } from '#gateway/log/event-log.ts';
import { createIngestServer } from './ingest-server.ts';
import { basic, NOW, openFrontDoor, track } from './testing/front-door.ts';

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

  it('hangs up on a sender that never finishes its request, and says why', async () => {
    const door = await openFrontDoor({ requestTimeoutMs: 50 });
    const said = await new Promise<string>((resolve) => {
      const socket = connect(door.server.port, '127.0.0.1', () => socket.write('POST /v1/track HTTP/1.1\r\nhost: x\r\n'));
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('close', () => resolve(text));
    });
    expect(said).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*INGEST_REQUEST_TIMEOUT/);
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
