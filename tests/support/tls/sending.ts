/** Vendors behind TLS, HTTP/2 and proxies, and senders to them, for the tests of the sender. */
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
import { secret } from '#contract/secret.ts';
import type { EncodedRequest } from '#gateway/connectors/connector.ts';
import { createSender, type Sender, type Sending, type Sent } from '#gateway/delivery/sender.ts';
import { plainReach, type Reach } from '#gateway/transport/reach.ts';
import { createAuthority } from './certificates.ts';
import { type ConnectProxyOptions, startConnectProxy } from './connect-proxy.ts';

export const authority = createAuthority('Private authority');
export const serverPair = authority.issue({ name: 'vendor.test' });

export const closing: (() => Promise<unknown>)[] = [];

/** Ends all that the helpers below started; after each test. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Name in the certificate that our side showed; null where it showed none. */
  readonly client: string | null;
}

/** A vendor of any kind: keeps what came, answers 200 unless told otherwise. */
export interface TestVendor {
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

export async function plainVendor(): Promise<TestVendor> {
  const vendor = { got: [] as Got[] };
  return listening(createPlainServer(takingWith(vendor)), 'http', vendor, new Set());
}

export async function tlsVendor(options: { pair?: { cert: string; key: string }; clientCa?: string } = {}): Promise<TestVendor> {
  const vendor = { got: [] as Got[] };
  const { cert, key } = options.pair ?? serverPair;
  const mutual = options.clientCa === undefined ? {} : { ca: options.clientCa, requestCert: true, rejectUnauthorized: true };
  return listening(createTlsServer({ cert, key, ...mutual }, takingWith(vendor)), 'https', vendor, new Set());
}

export type Http2Vendor = TestVendor & { readonly server: Http2SecureServer; readonly sessions: ServerHttp2Session[] };

export async function http2Vendor(options: { maxStreams?: number; allowHTTP1?: boolean; clientCa?: string } = {}): Promise<Http2Vendor> {
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
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export async function opensslVendor(clientCa: string): Promise<string> {
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

export async function proxyWith(options: ConnectProxyOptions = {}) {
  const proxy = await startConnectProxy(options);
  closing.push(proxy.close);
  return proxy;
}

export function senderTo(origin: string, reach: Partial<Reach> = {}, overrides: { timeoutMs?: number; connections?: number } = {}): Sender {
  const sender = createSender({ origin, connections: 16, timeoutMs: 5000, ...overrides, reach: { ...plainReach, ...reach } });
  closing.push(sender.close);
  return sender;
}

export function request(origin: string, path = '/events?key=v', body: string | null = '{"a":1}'): EncodedRequest {
  return { method: 'POST', url: `${origin}${path}`, headers: { 'content-type': 'application/json' }, body, events: [] };
}

export function send(
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

export const trusted = { ca: authority.cert };
export const proxied = (url: string, login?: string) => ({
  proxy: { url, authorization: login === undefined ? null : secret(`Basic ${Buffer.from(login).toString('base64')}`) },
});
