import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { browserSettings, originOf } from './browser-settings.ts';
import { answerPreflight } from './cors.ts';
import { endpointOf } from './endpoints.ts';
import { createIntake, type IntakeOptions } from './intake.ts';
import { answerError, answerJson, answerSuccess, decline, rawError } from './respond.ts';

export interface IngestServerOptions extends IntakeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** How browsers reach this gateway when the Host header cannot tell (a proxy that rewrites it). */
  readonly publicUrl?: string | undefined;
}

export interface IngestServer {
  readonly url: string;
  readonly port: number;
  /** Connections open now. */
  sockets(): number;
  /** Requests so far that carried no key of a source. */
  unattributed(): number;
  /** Takes no more requests, lets those under way be answered (at most `graceMs`), then closes. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts the Segment-compatible ingest on node:http: fastify was measured 25 to 30 % slower before
 * doing any work of ours. Fails with PORT_IN_USE; resolves once it listens.
 */
export function createIngestServer(options: IngestServerOptions): Promise<Result<IngestServer>> {
  let unattributed = 0;
  const intake = createIntake({ ...options, onUnattributed: () => void unattributed++ });
  const sockets = new Set<Socket>();
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      headersTimeout: 15_000,
      requestTimeout: 60_000,
      noDelay: true,
      maxHeaderSize: 16_384,
      requireHostHeader: false,
    },
    (request, response) => dispatch(request, response, undefined),
  );
  // Without this Node invites the body before we had a chance to decline it.
  server.on('checkContinue', (request, response) => dispatch(request, response, () => response.writeContinue()));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('clientError', answerClientError);

  function dispatch(request: IncomingMessage, response: ServerResponse, proceed: (() => void) | undefined): void {
    const endpoint = endpointOf(request.url ?? '');
    if (request.method === 'POST' && endpoint?.kind === 'events') return intake(request, response, endpoint.intake, proceed);
    if (request.method === 'OPTIONS') return answerPreflight(request, response);
    if (endpoint === null) return decline(request, response, appError('INGEST_TYPE_UNKNOWN'));
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const allow = endpoint.kind === 'settings' ? 'GET' : 'POST';
    if (method !== allow) return decline(request, response, appError('INGEST_METHOD_NOT_ALLOWED', { allow }));
    if (endpoint.kind === 'metrics') return answerSuccess(response);
    if (endpoint.kind === 'settings') answerSettings(request, response, endpoint.writeKey);
  }

  function answerSettings(request: IncomingMessage, response: ServerResponse, writeKey: string): void {
    const source = options.sources().get(writeKey);
    if (!source) return answerError(response, appError('INGEST_KEY_UNKNOWN'));
    if (!source.enabled) return answerError(response, appError('INGEST_SOURCE_DISABLED'));
    const origin = originOf(request, options.publicUrl ?? null);
    if (!origin) return answerError(response, appError('INGEST_REQUEST_MALFORMED', { reason: 'the Host header is missing or not a host' }));
    // Its content depends on the Host header, so no cache in between may keep it.
    answerJson(response, 200, browserSettings(writeKey, origin), ['cache-control', 'private, max-age=60']);
  }

  return listen(server, options.port, options.host, (address) => ({
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    sockets: () => sockets.size,
    unattributed: () => unattributed,
    close: (graceMs = 5000) => close(server, graceMs),
  }));
}

function listen(server: Server, port: number, host: string, build: (address: AddressInfo) => IngestServer): Promise<Result<IngestServer>> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(err(appError('PORT_IN_USE', { port, host, code })));
      else reject(error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('an ingest server listens on TCP');
      resolve(ok(build(address)));
    });
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), graceMs);
    // Connections that finish their last answer while we wait become idle and would linger.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(force);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Speaks to clients that do not speak HTTP, or too slowly. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const isTimeout = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const reason = error.code === 'HPE_HEADER_OVERFLOW' ? 'the headers are larger than 16 KB' : undefined;
  socket.end(
    isTimeout
      ? rawError(appError('INGEST_REQUEST_TIMEOUT'), 'Request Timeout')
      : rawError(appError('INGEST_REQUEST_MALFORMED', reason ? { reason } : undefined), 'Bad Request'),
  );
}
