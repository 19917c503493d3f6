/**
 * The HTTP side of the browser host, bound to loopback: the page, the exchange of its one-time
 * token, the channels, and the door at which a second start asks this one to show itself.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Channel } from '#contract/channel.ts';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { appError, type ErrorCode, httpStatus } from '#contract/errors.ts';
import { z } from '#contract/zod.ts';
import { maxPayloadBytes } from '../../relay/dial.ts';
import { contentSecurityPolicy, securityHeaders } from '../content-security-policy.ts';
import { serveRenderer } from '../renderer-files.ts';
import { checkDoor, checkHost, checkPage, parsePath, parseSession, parseTarget, type Site } from './request-guard.ts';
import { isSameSecret, type Sessions } from './sessions.ts';

export interface BrowserServerOptions {
  /** Folder of the built renderer. */
  readonly root: string;
  readonly sessions: Sessions;
  /** A window asks for a channel to `desk` or `gateway/<environment>`. */
  readonly onChannel: (target: string, channel: Channel) => void;
  /** A second start was refused this data folder and asks for a window; answers where it is. */
  readonly onDoor: () => { readonly url: string | null };
  readonly onBug: (bug: unknown) => void;
  readonly port?: number;
}

export interface BrowserServer {
  readonly site: Site;
  /** What a second start must present at the door. */
  readonly doorKey: string;
  close(): Promise<void>;
}

const sessionBody = z.strictObject({ token: z.string().max(128) });
const maxBodyBytes = 4_096;
const methodNotAllowed = 405;

export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listening on no port');
  // A name of its own each time: storage and permissions of an earlier console never apply.
  const host = `${randomBytes(8).toString('hex')}.localhost:${address.port}`;
  const site: Site = { host, origin: `http://${host}` };
  const doorKey = randomBytes(32).toString('base64url');

  server.on('request', (request, response) => {
    route(request, response, { ...options, site, doorKey }).catch((bug: unknown) => {
      options.onBug(bug);
      response.destroy();
    });
  });
  const sockets = serveChannels(server, options, site);
  return {
    site,
    doorKey,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

type Routing = BrowserServerOptions & { readonly site: Site; readonly doorKey: string };

async function route(request: IncomingMessage, response: ServerResponse, routing: Routing): Promise<void> {
  const pathname = parsePath(request.url);
  if (checkHost(request.headers, routing.site) !== 'allowed') return refuse(response, 'ORIGIN_FORBIDDEN');
  if (pathname === null) return refuse(response, 'INPUT_INVALID');
  if (request.method === 'POST' && pathname === '/session') return exchangeSession(request, response, routing);
  if (request.method === 'POST' && pathname === '/door') return answerDoor(request, response, routing);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, methodNotAllowed, 'text/plain; charset=utf-8', 'Not allowed.');
  const served = await serveRenderer(routing.root, pathname);
  response.writeHead(served.status, { ...served.headers, 'content-length': served.body.length });
  response.end(request.method === 'HEAD' ? undefined : served.body);
}

async function exchangeSession(request: IncomingMessage, response: ServerResponse, { site, sessions }: Routing): Promise<void> {
  if (checkPage(request.headers, site) !== 'allowed') return refuse(response, 'ORIGIN_FORBIDDEN');
  const text = await readBody(request);
  const body = sessionBody.safeParse(text === null ? null : parseJson(text));
  if (!body.success) return refuse(response, 'INPUT_INVALID');
  const session = sessions.exchange(body.data.token);
  if (session === null) return refuse(response, 'AUTH_REQUIRED');
  send(response, 200, 'application/json; charset=utf-8', JSON.stringify({ session }));
}

function answerDoor(request: IncomingMessage, response: ServerResponse, { site, doorKey, onDoor }: Routing): void {
  request.resume();
  if (checkDoor(request.headers, site) !== 'allowed') return refuse(response, 'ORIGIN_FORBIDDEN');
  if (!isSameSecret(request.headers.authorization ?? '', `Bearer ${doorKey}`)) return refuse(response, 'AUTH_REQUIRED');
  send(response, 200, 'application/json; charset=utf-8', JSON.stringify(onDoor()));
}

function serveChannels(server: Server, { sessions, onChannel }: BrowserServerOptions, site: Site): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxPayloadBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('sluice.v1') ? 'sluice.v1' : false),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const target = parseTarget(parsePath(request.url) ?? '');
    if (checkPage(request.headers, site) !== 'allowed') return refuseUpgrade(socket, 'ORIGIN_FORBIDDEN');
    if (target === null) return refuseUpgrade(socket, 'TOPIC_UNKNOWN');
    const session = parseSession(request.headers['sec-websocket-protocol']);
    if (session === null) return refuseUpgrade(socket, 'AUTH_REQUIRED');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // What is wrong with the socket shows in its close.
      webSocket.on('error', () => {});
      // Said by a close code rather than by the status of the upgrade, which a page cannot read.
      if (!sessions.isSession(session)) return webSocket.close(4401, 'AUTH_REQUIRED');
      onChannel(target, createWebSocketChannel(webSocket));
    });
  });
  return sockets;
}

function refuseUpgrade(socket: Duplex, code: ErrorCode): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${httpStatus(code)} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function refuse(response: ServerResponse, code: ErrorCode): void {
  send(response, httpStatus(code), 'application/json; charset=utf-8', JSON.stringify(appError(code)));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'));
  response.writeHead(status, { ...securityHeaders, 'content-security-policy': policy, 'content-type': type });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const part of request) {
      sizeBytes += part.length;
      if (sizeBytes > maxBodyBytes) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
