import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { appError } from '#contract/errors.ts';
import { defineOperation, defineTopic } from '#contract/operation.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import { err, ok } from '#contract/result.ts';
import { secret } from '#contract/secret.ts';
import { createService, type Sink } from '#contract/service.ts';
import { z } from '#contract/zod.ts';
import { type ControlServer, type ControlServerOptions, createControlServer } from './control-server.ts';

const shape = {
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({ audience: z.string(), by: z.string() }),
} as const;
const operations = {
  'who.am': defineOperation({ ...shape, name: 'who.am', title: 'Who am I', kind: 'query' }),
  'who.desk': defineOperation({ ...shape, name: 'who.desk', title: 'For the desk', kind: 'query', audience: 'desk' }),
  'who.breaks': defineOperation({ ...shape, name: 'who.breaks', title: 'A bug', kind: 'query' }),
  'who.waits': defineOperation({ ...shape, name: 'who.waits', title: 'Never answers', kind: 'query' }),
};
const topics = {
  'count.up': defineTopic({
    name: 'count.up',
    title: 'Count',
    permission: 'viewer',
    delivery: 'lossless',
    params: z.strictObject({}),
    item: z.number(),
  }),
};

const token = 'a-token-that-nobody-guesses';
let logged: string[] = [];
let feeds: Sink[] = [];
let ready = { ready: true, reasons: [] as string[] };
let server: ControlServer;
const peers: Peer[] = [];

function start(options: Partial<ControlServerOptions> = {}) {
  const write =
    (level: string) =>
    (fields: object, message: string): void => {
      logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
  const service = createService({
    operations,
    handlers: {
      'who.am': (_input, { audience, by }) => ok({ audience, by }),
      'who.desk': (_input, { audience, by }) => ok({ audience, by }),
      'who.breaks': () => {
        throw new Error('a bug');
      },
      'who.waits': () => new Promise(() => {}),
    },
    topics,
    feeds: {
      'count.up': (_params, sink) => {
        feeds.push(sink);
        return () => {
          feeds = feeds.filter((feed) => feed !== sink);
        };
      },
    },
  });
  return createControlServer({
    port: 0,
    token: secret(token),
    service,
    logger: { info: write('info'), warn: write('warn'), error: write('error') },
    metrics: () => 'sluice_up 1\n',
    health: () => ({ version: '1.2.3' }),
    ready: () => ready,
    ledger: async () => ok({ ledgers: [] }),
    ...options,
  });
}

beforeEach(async () => {
  logged = [];
  feeds = [];
  ready = { ready: true, reasons: [] };
  const started = await start();
  if (!started.ok) throw new Error(started.error.code);
  server = started.value;
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await server.close();
  expect(JSON.stringify(logged)).not.toContain(token);
});

function dial(protocols: string[], options: { headers?: Record<string, string>; origin?: string } = {}, url = server.url): Peer {
  const peer = createPeer({ channel: createWebSocketChannel(new WebSocket(url, protocols, options)) });
  peers.push(peer);
  return peer;
}
const good = ['sluice.v1', `sluice.token.${token}`];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** By hand, because fetch sets Host and Origin itself. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end();
  });
}

/** What the server answers to the raw text of a handshake. */
async function handshake(headers: readonly string[], path = '/v1/control'): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  const key = Buffer.from('0123456789abcdef').toString('base64');
  const lines = [
    `GET ${path} HTTP/1.1`,
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${key}`,
  ];
  socket.write(`${[...lines, ...headers].join('\r\n')}\r\n\r\n`);
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (part) => {
    text += part;
    if (text.startsWith('HTTP/1.1 101')) socket.destroy();
  });
  await once(socket, 'close');
  return text;
}

describe('a WebSocket client', () => {
  it('with the token speaks as a view, and as the desk when it asks to', async () => {
    expect(await dial(good).call(operations['who.am'], {})).toEqual(ok({ audience: 'view', by: 'console' }));
    const desk = dial([...good, 'sluice.audience.desk', 'sluice.client.cli.ada']);
    expect(await desk.call(operations['who.desk'], {})).toEqual(ok({ audience: 'desk', by: 'cli.ada' }));
  });

  it('may carry the token in the Authorization header', async () => {
    const peer = dial([], { headers: { authorization: `Bearer ${token}` } });
    expect(await peer.call(operations['who.am'], {})).toMatchObject({ ok: true });
  });

  it('is refused desk operations as a view', async () => {
    expect(await dial(good).call(operations['who.desk'], {})).toMatchObject({ error: { code: 'AUTH_FORBIDDEN' } });
  });

  it.each([
    ['no token', ['sluice.v1'], 'AUTH_REQUIRED'],
    ['a wrong token', ['sluice.v1', 'sluice.token.wrong-token-of-any-length'], 'AUTH_REQUIRED'],
    ['an empty token', ['sluice.v1', 'sluice.token.'], 'AUTH_REQUIRED'],
    ['another version', ['sluice.v2', `sluice.token.${token}`], 'VERSION_MISMATCH'],
  ])('with %s is turned away and told why', async (_, protocols, code) => {
    expect(await dial(protocols).ready).toEqual(err(appError(code as 'AUTH_REQUIRED')));
    expect(server.clients()).toBe(0);
  });

  it('of a page of any origin is turned away, though it knows the token', async () => {
    expect(await dial(good, { origin: 'http://evil.example' }).ready).toEqual(err(appError('ORIGIN_FORBIDDEN')));
    expect(await dial(good, { origin: `http://127.0.0.1:${server.port}` }).ready).toEqual(err(appError('ORIGIN_FORBIDDEN')));
  });

  it.each([
    ['Host: evil.example', 'HTTP/1.1 403 HOST_FORBIDDEN'],
    ['Host: 127.0.0.1:1', 'HTTP/1.1 403 HOST_FORBIDDEN'],
    ['Host: localhost:PORT', 'HTTP/1.1 101'],
    ['Host: [::1]:PORT', 'HTTP/1.1 101'],
  ])('that sends %s is answered %s', async (host, answer) => {
    const headers = [host.replace('PORT', String(server.port)), `sec-websocket-protocol: ${good.join(', ')}`];
    expect(await handshake(headers)).toContain(answer);
  });

  it('at another path is turned away', async () => {
    expect(await handshake([`host: localhost:${server.port}`, `sec-websocket-protocol: ${good.join(', ')}`], '/v1/other')).toContain('404');
  });

  it('gets only sluice.v1 back, never the token', async () => {
    const answer = await handshake([`host: localhost:${server.port}`, `sec-websocket-protocol: ${good.join(', ')}`]);
    expect(answer.toLowerCase()).toContain('sec-websocket-protocol: sluice.v1\r\n');
    expect(answer).not.toContain(token);
  });

  it('that met a bug hears the id it was logged with', async () => {
    const outcome = await dial(good).call(operations['who.breaks'], {});
    expect(outcome).toMatchObject({ error: { code: 'GATEWAY_INTERNAL' } });
    const requestId = outcome.ok ? '' : String(outcome.error.details?.requestId);
    expect(logged.some((line) => line.startsWith('error') && line.includes(requestId))).toBe(true);
  });

  it('that goes away stops its feeds and is forgotten', async () => {
    const peer = dial(good);
    const first = Promise.withResolvers<readonly number[]>();
    peer.subscribe(topics['count.up'], {}, { onItems: (items) => first.resolve(items) });
    await peer.ping();
    feeds[0]?.push([1]);
    expect(await first.promise).toEqual([1]);
    const other = dial(good);
    await other.ready;
    expect(server.clients()).toBe(2);
    peer.close();
    while (server.clients() > 1) await other.ping();
    expect(feeds).toEqual([]);
  });

  it('that no longer answers pings is dropped', async () => {
    await server.close();
    const started = await start({ heartbeatMs: 20 });
    if (!started.ok) throw new Error(started.error.code);
    server = started.value;
    const live = dial(good);
    await live.ready;
    const socket = connect(server.port, '127.0.0.1');
    const key = Buffer.from('0123456789abcdef').toString('base64');
    const head = ['GET /v1/control HTTP/1.1', `host: 127.0.0.1:${server.port}`, 'connection: upgrade', 'upgrade: websocket'];
    const offer = ['sec-websocket-version: 13', `sec-websocket-key: ${key}`, `sec-websocket-protocol: ${good.join(', ')}`];
    socket.write(`${[...head, ...offer].join('\r\n')}\r\n\r\n`);
    socket.resume();
    await once(socket, 'close');
    expect(await live.call(operations['who.am'], {})).toMatchObject({ ok: true });
    expect(server.clients()).toBe(1);
  });

  it('that sends garbage is hung up on, and nobody else is', async () => {
    const bystander = dial(good);
    await bystander.ready;
    for (const garbage of ['{"t":"req"', 'x'.repeat(5 * 1024 * 1024), Buffer.from([0xff, 0xfe])]) {
      const socket = new WebSocket(server.url, good);
      await once(socket, 'open');
      socket.send(garbage);
      await once(socket, 'close');
    }
    expect(await bystander.call(operations['who.am'], {})).toMatchObject({ ok: true });
  });
});

describe('the HTTP side', () => {
  it('answers the probes, with the reasons why it is not ready', async () => {
    expect(await ask('/healthz')).toMatchObject({ status: 200, text: '{"ok":true,"version":"1.2.3"}\n' });
    expect(await ask('/readyz')).toMatchObject({ status: 200 });
    ready = { ready: false, reasons: ['the duplicate index is loading'] };
    const answer = await ask('/readyz');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toEqual({ ready: false, reasons: ['the duplicate index is loading'] });
  });

  it('serves metrics in the exposition format of Prometheus', async () => {
    const answer = await ask('/metrics?format=any');
    expect(answer).toMatchObject({ status: 200, text: 'sluice_up 1\n' });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('shows the ledger to whoever holds the token', async () => {
    expect(await ask('/v1/ledger')).toMatchObject({ status: 401 });
    expect(await ask('/v1/ledger', { authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
    expect(await ask('/v1/ledger', { authorization: `Bearer ${token}` })).toMatchObject({ status: 200, text: '{"ledgers":[]}\n' });
  });

  it.each([
    ['/nowhere', {}, 'GET', 404, 'CONTROL_PATH_UNKNOWN'],
    ['/__proto__', {}, 'GET', 404, 'CONTROL_PATH_UNKNOWN'],
    ['/healthz', {}, 'POST', 405, 'CONTROL_METHOD_NOT_ALLOWED'],
    ['/v1/control', {}, 'GET', 426, 'CONTROL_UPGRADE_REQUIRED'],
    ['/metrics', { host: 'rebound.example' }, 'GET', 403, 'HOST_FORBIDDEN'],
    ['/metrics', { origin: 'http://evil.example' }, 'GET', 403, 'ORIGIN_FORBIDDEN'],
    ['/metrics', { origin: 'null' }, 'GET', 403, 'ORIGIN_FORBIDDEN'],
  ])('answers %s with %o by %s as %i %s', async (path, headers, method, status, code) => {
    const answer = await ask(path, headers as Record<string, string>, method);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code, suggestedAction: expect.any(String) } });
  });

  it('answers a bug with an id, and the bug is logged', async () => {
    await server.close();
    const started = await start({
      metrics: () => {
        throw new Error('no registry');
      },
    });
    if (!started.ok) throw new Error(started.error.code);
    server = started.value;
    const answer = await ask('/metrics');
    expect(answer.status).toBe(500);
    expect(logged.some((line) => line.startsWith('error'))).toBe(true);
  });

  it('passes an expected failure of the ledger on', async () => {
    await server.close();
    const started = await start({ ledger: async () => err(appError('DATA_CORRUPT')) });
    if (!started.ok) throw new Error(started.error.code);
    server = started.value;
    expect(await ask('/v1/ledger', { authorization: `Bearer ${token}` })).toMatchObject({ status: 500 });
  });
});

describe('the server', () => {
  it('refuses to listen anywhere but on loopback', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'example.com']) {
      expect(await start({ host })).toEqual(err(appError('CONTROL_HOST_FORBIDDEN', { host })));
    }
  });

  it('says PORT_IN_USE', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    expect(await start({ port })).toMatchObject({ error: { code: 'PORT_IN_USE', details: { port } } });
    blocker.close();
  });

  it('closes with clients, pending calls, idle and half-open connections, and leaves no socket', async () => {
    const peer = dial(good);
    await peer.ready;
    const pending = peer.call(operations['who.waits'], {});
    const idle = connect(server.port, '127.0.0.1');
    await once(idle, 'connect');
    // A refused client that never hangs up on its own.
    const refused: Socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    refused.on('error', () => {});
    refused.write(`GET /v1/control HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
    await once(refused, 'data');
    await server.close();
    expect(await pending).toEqual(err(appError('PEER_CLOSED', { reason: 'GATEWAY_OFFLINE' })));
    expect(await peer.closed).toEqual(appError('GATEWAY_OFFLINE'));
    expect(server.clients()).toBe(0);
    idle.destroy();
    refused.destroy();
    const again = await start({ port: server.port });
    if (!again.ok) throw new Error(again.error.code);
    await again.value.close();
  });

  it('does not wait for clients that never answer its farewell', async () => {
    const socket = new WebSocket(server.url, good);
    await once(socket, 'open');
    socket.pause();
    await server.close();
    expect(server.clients()).toBe(0);
    socket.terminate();
  });
});
