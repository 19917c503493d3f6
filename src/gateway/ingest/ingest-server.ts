import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { appError } from '#contract/errors.ts';
import { ok, type Result } from '#contract/result.ts';
import { listen } from '#gateway/server/listen.ts';
import { browserSettings, originOf } from './browser-settings.ts';
import { answerPreflight } from './cors.ts';
import { endpointOf } from './endpoints.ts';
import type { IngestTls } from './ingest-tls.ts';
import { createIntake, type IntakeOptions } from './intake.ts';
import { answerError, answerJson, answerSuccess, decline, rawError } from './respond.ts';

export interface IngestServerOptions extends IntakeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** How browsers reach this gateway when the Host header cannot tell (a proxy that rewrites it). */
  readonly publicUrl?: string | undefined;
  /** How long a request may take to arrive, ms. Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Answers what is not ingest at all; false where it is not its either. */
  readonly others?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Absent or null: in the clear. */
  readonly tls?: IngestTls | null;
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
export async function createIngestServer(options: IngestServerOptions): Promise<Result<IngestServer>> {
  let unattributed = 0;
  const { requestTimeoutMs = 60_000, tls = null } = options;
  const intake = createIntake({ ...options, onUnattributed: () => void unattributed++ });
  const sockets = new Set<Socket>();
  const settings = {
    keepAliveTimeout: 65_000,
    headersTimeout: Math.min(15_000, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(30_000, requestTimeoutMs),
    noDelay: true,
    maxHeaderSize: 16_384,
    requireHostHeader: false,
  };
  const taking = (request: IncomingMessage, response: ServerResponse) => dispatch(request, response, undefined);
  const server = tls === null ? createServer(settings, taking) : createTlsServer({ ...settings, ...tls.serverOptions }, taking);
  const unfollow =
    tls !== null && server instanceof TlsServer
      ? tls.follow(server, (problem) =>
          options.logger.error(problem, 'the new files for TLS at the ingest port cannot be used; the former ones stay'),
        )
      : () => undefined;
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
    if (endpoint === null && options.others?.(request, response)) return;
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
    const origin = originOf(request, options.publicUrl ?? null, tls !== null);
    if (!origin) return answerError(response, appError('INGEST_REQUEST_MALFORMED', { reason: 'the Host header is missing or not a host' }));
    // Its content depends on the Host header, so no cache in between may keep it.
    answerJson(response, 200, browserSettings(writeKey, origin), ['cache-control', 'private, max-age=60']);
  }

  const listening = await listen(server, options.port, options.host);
  if (!listening.ok) return listening;
  const { address, family, port } = listening.value;
  return ok({
    url: `${tls === null ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    port,
    sockets: () => sockets.size,
    unattributed: () => unattributed,
    close(graceMs = 5000) {
      unfollow();
      return close(server, graceMs);
    },
  });
}

function close(server: Server | TlsServer, graceMs: number): Promise<void> {
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
