import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { secret } from '#contract/secret.ts';
import type { EncodedRequest } from '#gateway/connectors/connector.ts';
import { plainReach, type Reach } from '#gateway/transport/reach.ts';
import { createAuthority } from '#tests/support/tls/certificates.ts';
import { type ConnectProxyOptions, startConnectProxy } from '#tests/support/tls/connect-proxy.ts';
import { createSender, type Sender, type Sending, type Sent } from './sender.ts';

const authority = createAuthority('Private authority');
const serverPair = authority.issue({ name: 'vendor.test' });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Name in the certificate that our side showed; null where it showed none. */
  readonly client: string | null;
}

/** A vendor of any kind: keeps what came, answers 200 unless told otherwise. */
interface TestVendor {
  readonly origin: string;
  readonly got: Got[];
  connections(): number;
  answer: (response: ServerResponse, got: Got) => void;
}

async function listening(server: Server, scheme: 'http' | 'https', vendor: { got: Got[] }, sockets: Set<Socket>): Promise<TestVendor> {
  let connections = 0;
  server.on(scheme === 'https' ? 'secureConnection' : 'connection', () => connections++);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(vendor, {
    origin: `${scheme}://localhost:${port}`,
    connections: () => connections,
    answer: (response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('thanks'),
  });
}

function takingWith(vendor: { got: Got[]; answer?: TestVendor['answer'] }) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { socket } = request;
      const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      const got = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), client: shown?.subject ?? null };
      vendor.got.push(got);
      vendor.answer?.(response, got);
    });
  };
}

async function plainVendor(): Promise<TestVendor> {
  const vendor = { got: [] as Got[] };
  return listening(createPlainServer(takingWith(vendor)), 'http', vendor, new Set());
}

async function tlsVendor(options: { pair?: { cert: string; key: string }; clientCa?: string } = {}): Promise<TestVendor> {
  const vendor = { got: [] as Got[] };
  const { cert, key } = options.pair ?? serverPair;
  const mutual = options.clientCa === undefined ? {} : { ca: options.clientCa, requestCert: true, rejectUnauthorized: true };
  return listening(createTlsServer({ cert, key, ...mutual }, takingWith(vendor)), 'https', vendor, new Set());
}

type Http2Vendor = TestVendor & { readonly server: Http2SecureServer; readonly sessions: ServerHttp2Session[] };

async function http2Vendor(options: { maxStreams?: number; allowHTTP1?: boolean; clientCa?: string } = {}): Promise<Http2Vendor> {
  const vendor = { got: [] as Got[] };
  const sessions: ServerHttp2Session[] = [];
  const mutual = options.clientCa === undefined ? {} : { ca: options.clientCa, requestCert: true, rejectUnauthorized: true };
  const server = createSecureServer({
    ...serverPair,
    ...mutual,
    allowHTTP1: options.allowHTTP1 ?? false,
    settings: options.maxStreams === undefined ? {} : { maxConcurrentStreams: options.maxStreams },
  });
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => undefined);
  });
  // biome-ignore lint/suspicious/noExplicitAny: the compatibility API of node:http2 is node:http's as far as it is used here
  server.on('request', takingWith(vendor) as any);
  return Object.assign(await listening(server, 'https', vendor, new Set()), { server, sessions });
}

/** Where it is installed: a TLS server that says by an alert why it hangs up, as most do and Node's does not. */
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

async function opensslVendor(clientCa: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  writeFileSync(join(folder, 'own.pem'), serverPair.cert + serverPair.key);
  writeFileSync(join(folder, 'ca.pem'), clientCa);
  const files = ['-cert', join(folder, 'own.pem'), '-key', join(folder, 'own.pem'), '-CAfile', join(folder, 'ca.pem')];
  const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...files, '-Verify', '1', '-verify_return_error', '-www'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  closing.push(async () => {
    server.kill();
    await once(server, 'exit');
    rmSync(folder, { recursive: true });
  });
  const port = await new Promise<string>((resolve) => {
    let text = '';
    server.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
      const found = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return `https://localhost:${port}`;
}

async function proxyWith(options: ConnectProxyOptions = {}) {
  const proxy = await startConnectProxy(options);
  closing.push(proxy.close);
  return proxy;
}

function senderTo(origin: string, reach: Partial<Reach> = {}, overrides: { timeoutMs?: number; connections?: number } = {}): Sender {
  const sender = createSender({ origin, connections: 16, timeoutMs: 5000, ...overrides, reach: { ...plainReach, ...reach } });
  closing.push(sender.close);
  return sender;
}

function request(origin: string, path = '/events?key=v', body: string | null = '{"a":1}'): EncodedRequest {
  return { method: 'POST', url: `${origin}${path}`, headers: { 'content-type': 'application/json' }, body, events: [] };
}

function send(
  sender: Sender,
  encoded: EncodedRequest,
  mayStart: () => boolean = () => true,
  begun?: (sending: Sending) => void,
): Promise<Sent> {
  return new Promise((resolve) => {
    const sending = sender.send(encoded, { mayStart, done: resolve });
    begun?.(sending);
  });
}

const trusted = { ca: authority.cert };
const proxied = (url: string, login?: string) => ({
  proxy: { url, authorization: login === undefined ? null : secret(`Basic ${Buffer.from(login).toString('base64')}`) },
});

describe('a sender', () => {
  it('sends what was encoded and hands back the answer', async () => {
    const vendor = await plainVendor();
    const sender = senderTo(vendor.origin);
    const sent = await send(sender, request(vendor.origin));
    expect(sent).toMatchObject({ kind: 'answer', response: { status: 200, body: 'thanks', headers: { 'content-type': 'text/plain' } } });
    expect(vendor.got).toMatchObject([{ path: '/events?key=v', body: Buffer.from('{"a":1}') }]);
    expect(sender).toMatchObject({ sockets: 1, protocol: 'http/1.1' });
  });

  it('addresses no other origin than its own', async () => {
    const sender = senderTo('https://api.vendor.example');
    expect(() => sender.send(request('https://api.vendor.example.evil.test'), { mayStart: () => true, done: () => undefined })).toThrow(
      /another origin/,
    );
  });

  it('says that nothing was sent where nobody listens', async () => {
    const sender = senderTo('http://127.0.0.1:1');
    expect(await send(sender, request('http://127.0.0.1:1'))).toMatchObject({ kind: 'unsent', class: 'network' });
  });
});

describe('a private authority', () => {
  it('is trusted where it is named, and the certificate is shown with its end', async () => {
    const vendor = await tlsVendor({
      pair: authority.issue({ name: 'soon.test', expiresAt: new Date(Date.now() + 10 * 86_400_000 + 60_000) }),
    });
    const sender = senderTo(vendor.origin, trusted);
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(sender.certificates(Date.now())).toMatchObject([
      { role: 'server', subject: 'soon.test', issuer: 'Private authority', daysLeft: 10, verdict: 'ends' },
    ]);
  });

  it('is not trusted where it is not: nothing is sent', async () => {
    const vendor = await tlsVendor();
    const sent = await send(senderTo(vendor.origin), request(vendor.origin));
    expect(sent).toMatchObject({ kind: 'unsent', class: 'network' });
    expect(vendor.got).toEqual([]);
  });

  it('does not vouch for another name, nor for what has ended', async () => {
    const elsewhere = await tlsVendor({ pair: authority.issue({ name: 'x', hosts: ['elsewhere.test'] }) });
    expect(await send(senderTo(elsewhere.origin, trusted), request(elsewhere.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: ERR_TLS_CERT_ALTNAME_INVALID',
    });
    const over = await tlsVendor({ pair: authority.issue({ name: 'x', expiresAt: new Date(Date.now() - 1000) }) });
    expect(await send(senderTo(over.origin, trusted), request(over.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: CERT_HAS_EXPIRED',
    });
    expect([...elsewhere.got, ...over.got]).toEqual([]);
  });
});

describe('a client certificate', () => {
  const ours = createAuthority('Our authority');
  const client = ours.issue({ name: 'sluice', hosts: [] });
  const shown = { client: { cert: client.cert, key: secret(client.key) } };

  it.each([false, true])('is shown to a vendor that wants one (HTTP/2: %s)', async (http2) => {
    const vendor = http2 ? await http2Vendor({ clientCa: ours.cert }) : await tlsVendor({ clientCa: ours.cert });
    const sender = senderTo(vendor.origin, { ...trusted, ...shown, http2 });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(vendor.got).toHaveLength(1);
    if (!http2) expect(vendor.got[0]?.client).toBe('CN=sluice');
  });

  const strange = authority.issue({ name: 'stranger', hosts: [] });
  const strangers: Partial<Reach>[] = [trusted, { ...trusted, client: { cert: strange.cert, key: secret(strange.key) } }];

  it.each([false, true])('that the vendor does not know, or the lack of one, gets no event in (HTTP/2: %s)', async (http2) => {
    const vendor = http2 ? await http2Vendor({ clientCa: ours.cert }) : await tlsVendor({ clientCa: ours.cert });
    for (const reach of strangers) {
      // Node's server may hang up without a word: then that is no verdict.
      const sent = await send(senderTo(vendor.origin, { ...reach, http2 }), request(vendor.origin));
      expect(['refused', 'uncertain', 'unsent']).toContain(sent.kind);
    }
    expect(vendor.got).toEqual([]);
  });

  it.skipIf(!hasOpenssl)('that the vendor refuses with an alert is a refusal, and harms no event', async () => {
    const origin = await opensslVendor(ours.cert);
    for (const reach of strangers) {
      const sent = await send(senderTo(origin, reach), request(origin));
      expect(sent).toMatchObject({ kind: 'refused', detail: expect.stringContaining('our client certificate was refused') });
    }
    const accepted = { ...request(origin, '/'), method: 'GET' as const, body: null };
    expect(await send(senderTo(origin, { ...trusted, ...shown }), accepted)).toMatchObject({ kind: 'answer' });
  });
});

describe('a proxy', () => {
  it.each([
    ['http', false],
    ['https', true],
    ['https', false],
  ])('is gone through to an %s address (the proxy itself over TLS: %s)', async (scheme, isTls) => {
    const vendor = scheme === 'https' ? await tlsVendor() : await plainVendor();
    const proxy = await proxyWith({ login: 'ada:pass word', ...(isTls ? { tls: authority.issue({ name: 'proxy.test' }) } : {}) });
    const sender = senderTo(vendor.origin, { ...trusted, ...proxied(proxy.url, 'ada:pass word') });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer', response: { body: 'thanks' } });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect([...new Set(proxy.asked)]).toEqual([new URL(vendor.origin).host]);
    expect(
      sender
        .certificates(Date.now())
        .map(({ role, subject }) => `${role} ${subject}`)
        .sort(),
    ).toEqual([...(isTls ? ['proxy proxy.test'] : []), ...(scheme === 'https' ? ['server vendor.test'] : [])]);
  });

  it('carries HTTP/2 as well', async () => {
    const vendor = await http2Vendor();
    const proxy = await proxyWith();
    const sender = senderTo(vendor.origin, { ...trusted, ...proxied(proxy.url), http2: true });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(sender.protocol).toBe('h2');
    expect(proxy.asked).toHaveLength(1);
  });

  it('that refuses our password is a refusal, not a failure of events', async () => {
    const vendor = await plainVendor();
    const proxy = await proxyWith({ login: 'ada:right' });
    const sent = await send(senderTo(vendor.origin, proxied(proxy.url, 'ada:wrong')), request(vendor.origin));
    expect(sent).toEqual({ kind: 'refused', detail: 'the proxy refused our user and password' });
    expect(vendor.got).toEqual([]);
  });

  it('that cannot reach the vendor, or is not there, leaves the request unsent', async () => {
    const vendor = await plainVendor();
    const proxy = await proxyWith();
    proxy.refusal = 502;
    expect(await send(senderTo(vendor.origin, proxied(proxy.url)), request(vendor.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: PROXY_ANSWERED_502',
    });
    expect(await send(senderTo(vendor.origin, proxied('http://127.0.0.1:1')), request(vendor.origin))).toMatchObject({
      kind: 'unsent',
      detail: 'could not connect: PROXY_ECONNREFUSED',
    });
  });

  it('carries no byte of a request that a switch stopped meanwhile', async () => {
    const vendor = await plainVendor();
    const proxy = await proxyWith();
    const sender = senderTo(vendor.origin, proxied(proxy.url));
    expect(await send(sender, request(vendor.origin), () => false)).toEqual({ kind: 'withdrawn' });
    expect({ tunnels: proxy.asked.length, bytes: proxy.bytesOut(), got: vendor.got }).toEqual({ tunnels: 1, bytes: 0, got: [] });
  });
});

describe('HTTP/2', () => {
  const over2 = { ...trusted, http2: true };

  it('carries all requests of a lane on one connection', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    const sent = await Promise.all(Array.from({ length: 16 }, (_, index) => send(sender, request(vendor.origin, `/${index}`))));
    expect(sent.every(({ kind }) => kind === 'answer')).toBe(true);
    expect(new Set(vendor.got.map(({ path }) => path)).size).toBe(16);
    expect({ connections: vendor.connections(), sockets: sender.sockets, protocol: sender.protocol }).toEqual({
      connections: 1,
      sockets: 1,
      protocol: 'h2',
    });
    expect(sent[0]).toMatchObject({ response: { status: 200, body: 'thanks', headers: { 'content-type': 'text/plain' } } });
  });

  it('opens a further connection rather than queue where the vendor takes fewer at once', async () => {
    const vendor = await http2Vendor({ maxStreams: 2 });
    const waiting: (() => void)[] = [];
    const sender = senderTo(vendor.origin, over2);
    vendor.answer = (response) => {
      waiting.push(() => response.writeHead(200).end());
      if (waiting.length === 6) for (const answer of waiting) answer();
    };
    const sent = await Promise.all(Array.from({ length: 6 }, () => send(sender, request(vendor.origin))));
    expect(sent.every(({ kind }) => kind === 'answer')).toBe(true);
    expect(vendor.connections()).toBe(3);
  });

  it('falls back to HTTP/1.1 on the connection that it has', async () => {
    const vendor = await tlsVendor();
    const sender = senderTo(vendor.origin, over2);
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    // undici takes a turn to see that the connection is free again.
    await new Promise((resolve) => setImmediate(resolve));
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect({ connections: vendor.connections(), protocol: sender.protocol }).toEqual({ connections: 1, protocol: 'http/1.1' });
  });

  it('writes no byte of a request that a switch stopped while it was connecting', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    expect(await send(sender, request(vendor.origin), () => false)).toEqual({ kind: 'withdrawn' });
    const aborted = send(
      senderTo(vendor.origin, over2),
      request(vendor.origin),
      () => true,
      (sending) => sending.abort(),
    );
    expect(await aborted).toEqual({ kind: 'withdrawn' });
    expect(await send(sender, request(vendor.origin, '/after'))).toMatchObject({ kind: 'answer' });
    expect(vendor.got.map(({ path }) => path)).toEqual(['/after']);
  });

  it('knows what a vendor that says goodbye has not handled: that is unsent, and the rest uncertain', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    await send(sender, request(vendor.origin));
    let begun: ServerResponse | null = null;
    vendor.answer = (response, { path }) => {
      if (path !== '/handled') return;
      begun = response;
      // Knows nothing beyond the second stream of the connection (ids 1 and 3).
      vendor.sessions[0]?.goaway(0, 3);
    };
    const handled = send(sender, request(vendor.origin, '/handled'));
    const ignored = send(sender, request(vendor.origin, '/ignored'));
    expect(await ignored).toMatchObject({ kind: 'unsent', detail: 'the vendor is closing the connection' });
    (begun as ServerResponse | null)?.writeHead(200).end();
    expect(await handled).toMatchObject({ kind: 'answer' });
    vendor.answer = (response) => void response.writeHead(200).end();
    expect(await send(sender, request(vendor.origin, '/again'))).toMatchObject({ kind: 'answer' });
    expect(vendor.connections()).toBe(2);
  });

  it('gives no verdict to what was cut off, and none to what took too long', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2, { timeoutMs: 300 });
    vendor.answer = () => void vendor.sessions[0]?.destroy();
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'uncertain' });
    vendor.answer = () => undefined;
    expect(await send(sender, request(vendor.origin))).toEqual({ kind: 'uncertain', detail: 'no verdict: HEADERS_TIMEOUT' });
    vendor.answer = (response) => void response.writeHead(200).end();
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    // Neither connection is used again.
    expect(vendor.connections()).toBe(3);
  });

  it('aborts what flies when told to, and only that', async () => {
    const vendor = await http2Vendor();
    const sender = senderTo(vendor.origin, over2);
    let stop = () => {};
    vendor.answer = (response, { path }) => {
      if (path === '/stop') stop();
      else response.writeHead(200).end();
    };
    const stopped = send(
      sender,
      request(vendor.origin, '/stop'),
      () => true,
      (sending) => {
        stop = () => sending.abort();
      },
    );
    expect(await stopped).toEqual({ kind: 'uncertain', detail: 'aborted after the drain deadline' });
    expect(await send(sender, request(vendor.origin))).toMatchObject({ kind: 'answer' });
    expect(vendor.connections()).toBe(1);
  });
});

describe('compression', () => {
  const text = JSON.stringify({ events: Array.from({ length: 2000 }, (_, index) => ({ name: 'Order Completed', index })) });

  it.each([false, true])('sends larger bodies as gzip (HTTP/2: %s)', async (http2) => {
    const vendor = http2 ? await http2Vendor() : await tlsVendor();
    const sender = senderTo(vendor.origin, { ...trusted, http2, gzip: true });
    const bodies = [text, text.slice(0, 5000)];
    for (const body of bodies) expect(await send(sender, request(vendor.origin, '/', body))).toMatchObject({ kind: 'answer' });
    expect(vendor.got.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', 'gzip']);
    expect(vendor.got.map(({ body }) => gunzipSync(body).toString())).toEqual(bodies);
    expect(vendor.got[0]?.body.length).toBeLessThan(text.length / 5);
  });

  it('leaves small bodies as they are', async () => {
    const vendor = await plainVendor();
    await send(senderTo(vendor.origin, { gzip: true }), request(vendor.origin));
    expect(vendor.got[0]).toMatchObject({ body: Buffer.from('{"a":1}') });
    expect(vendor.got[0]?.headers).not.toHaveProperty('content-encoding');
  });

  it('sends nothing that was stopped while it was compressed', async () => {
    const vendor = await plainVendor();
    const sender = senderTo(vendor.origin, { gzip: true });
    const sent = send(
      sender,
      request(vendor.origin, '/', text),
      () => true,
      (sending) => sending.abort(),
    );
    expect(await sent).toEqual({ kind: 'withdrawn' });
    expect(vendor.got).toEqual([]);
  });
});
