/**
 * The renderer's harness: serves the built renderer as the browser host does (same protocol,
 * same content security policy) over a made-up gateway.
 *
 *   node tests/support/renderer-fake/server.ts [--port 4100] [--destinations 10] [--environment embedded|staging|production] [--empty] [--dir out/renderer]
 *
 * Prints the address to open. `GET /fake/offline?ms=8000` cuts the gateway link for that long.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { type DeskState, deskOperations, deskTopics } from '#contract/desk/operations.ts';
import { appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { createPeer } from '#contract/peer.ts';
import { err, ok } from '#contract/result.ts';
import { createService, type Service } from '#contract/service.ts';
import { createHandlers } from './handlers.ts';
import { verdictOf } from './verdicts.ts';
import { createWorld, type World } from './world.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

export interface FakeOptions {
  readonly port?: number;
  readonly destinations?: number;
  readonly environment?: 'embedded' | 'staging' | 'production';
  readonly isEmpty?: boolean;
  readonly dir?: string;
}

/** Starts the harness; `url` carries the launch token. */
export async function startFake(options: FakeOptions = {}) {
  const world = createWorld({ destinations: options.destinations ?? 10, isEmpty: options.isEmpty ?? false });
  const dir = resolve(options.dir ?? join(import.meta.dirname, '../../../out/renderer'));
  const token = randomBytes(16).toString('hex');
  const session = randomBytes(32).toString('base64url');
  const services = { desk: createDesk(options), gateway: createGateway(world) };
  let offlineUntil = 0;
  const open = new Set<WebSocket>();

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/session')
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ session }));
    if (url.pathname === '/fake/offline') {
      offlineUntil = Date.now() + Number(url.searchParams.get('ms') ?? 8000);
      for (const socket of open) socket.close(4503, 'GATEWAY_OFFLINE');
      return response.writeHead(204).end();
    }
    const wanted = join(dir, extname(url.pathname) === '' ? 'index.html' : url.pathname);
    if (!wanted.startsWith(dir) || !existsSync(wanted)) return response.writeHead(404).end();
    const nonce = randomBytes(16).toString('base64');
    const body = readFileSync(wanted);
    response.writeHead(200, {
      'content-type': types[extname(wanted)] ?? 'application/octet-stream',
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    });
    response.end(wanted.endsWith('.html') ? body.toString('utf8').replaceAll('__STYLE_NONCE__', nonce) : body);
  });
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'sluice.v1' });
  sockets.on('connection', (socket, request) => {
    const target = request.url?.replace('/bridge/', '') ?? '';
    const isDesk = target === 'desk';
    if (!isDesk && Date.now() < offlineUntil) return socket.close(4503, 'GATEWAY_OFFLINE');
    if (!isDesk) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    createPeer({
      channel: createWebSocketChannel(socket),
      serve: { service: isDesk ? services.desk : services.gateway, context: { audience: 'view', by: 'operator' } },
      capabilities: isDesk ? ['host:browser', 'demo'] : [],
    });
  });
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    world,
    origin: `http://localhost:${port}`,
    url: `http://localhost:${port}/#token=${token}`,
    close: () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.close();
    },
  };
}

function createGateway(world: World): Service {
  return createService({
    operations,
    handlers: createHandlers(world),
    topics,
    feeds: {
      'telemetry.tick': (_params, sink) => {
        const push = () => sink.push([world.tick(Math.floor(Date.now() / 1000) * 1000)]);
        push();
        const timer = setInterval(push, 1000);
        return () => clearInterval(timer);
      },
      'document.changed': ({ kind }, sink, afterSeq) => {
        if (afterSeq === null)
          sink.push(
            [...world.documents.values()]
              .flatMap((revisions) => revisions.slice(-1))
              .filter((document) => kind === undefined || document.kind === kind),
            world.seq(),
          );
        return world.onDocument((document, seq) => sink.push([document], seq));
      },
      'backup.progress': () => () => {},
      'replay.progress': () => () => {},
      'verdict.changed': (_params, sink) => {
        sink.push(world.lanes.map(verdictOf));
        return () => {};
      },
      'audit.appended': (_params, sink, afterSeq) => {
        const missed = world.audit.filter((entry) => entry.seq > (afterSeq ?? 0));
        if (missed.length > 0) sink.push(missed, missed.at(-1)?.seq ?? 0);
        return world.onAudit((entry) => sink.push([entry], entry.seq));
      },
    },
  });
}

function createDesk(options: FakeOptions): Service {
  const kind = options.environment ?? 'embedded';
  const state: DeskState = {
    environments: [
      {
        id: kind,
        name: kind === 'embedded' ? 'This machine' : kind === 'staging' ? 'Staging' : 'Production',
        kind,
        url: null,
        keyFingerprint: null,
        link: 'live',
        why: '',
        demo: kind === 'embedded',
      },
      {
        id: 'eu-west',
        name: 'EU production',
        kind: 'production',
        url: 'wss://sluice.example',
        keyFingerprint: null,
        link: 'offline',
        why: 'no route',
        demo: false,
      },
    ],
    keychain: { state: 'ready', backend: 'keytar', detail: '' },
    host: 'browser',
    version: '0.1.0',
  };
  return createService({
    operations: deskOperations,
    handlers: {
      'desk.state': () => ok(state),
      'credential.put': () => ok({ version: 3, fingerprint: 'c91d', stored: 'keychain' as const }),
      'credential.delete': () => ok({ deleted: true }),
      'credential.rebind': () => ok({ version: 2 }),
      'environment.add': () => ok({ added: true }),
      'environment.remove': () => ok({ removed: true }),
      'gateway.restart': () => ok({ restarted: true }),
      'demo.dial': () => ok({ done: true }),
      'demo.counters': () => ok({ vendors: [{ vendor: 'mixpanel', failure: 'ok', requests: 4120, stored: 412_000, unique: 412_000 }] }),
      'demo.killGateway': () => err(appError('GATEWAY_OFFLINE')),
    },
    topics: deskTopics,
    feeds: {
      'desk.changed': (_params, sink) => {
        sink.push([state]);
        return () => {};
      },
    },
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      destinations: { type: 'string' },
      environment: { type: 'string' },
      empty: { type: 'boolean' },
      dir: { type: 'string' },
    },
  });
  const environment = values.environment === 'production' || values.environment === 'staging' ? values.environment : 'embedded';
  const fake = await startFake({
    port: Number(values.port ?? 4100),
    destinations: Number(values.destinations ?? 10),
    environment,
    isEmpty: values.empty ?? false,
    ...(values.dir === undefined ? {} : { dir: values.dir }),
  });
  console.log(fake.url);
}
