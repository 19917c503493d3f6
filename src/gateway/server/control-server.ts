/**
 * The control port: what the console, the command line, probes and Prometheus speak to. It binds
 * loopback only, whatever it is asked: until operators and roles exist, its one token may do
 * everything.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type AppError, appError } from '#contract/errors.ts';
import { maxFrameChars } from '#contract/frames.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { Caller, Service } from '#contract/service.ts';
import { checkAddress, identify, subprotocol } from './access.ts';
import { refuseUpgrade } from './answers.ts';
import { createControlClients, maxClients } from './control-clients.ts';
import { listen } from './listen.ts';
import { controlPath, createRouter, pathOf, type Routes } from './routes.ts';

export interface ControlServerOptions extends Routes {
  /** 127.0.0.1 unless told; ::1 and localhost are the only others. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly token: Secret;
  readonly service: Service;
  /** Sent with the hello. */
  readonly capabilities?: readonly string[];
  /** Origins of pages that may connect; none unless told. Programs send no Origin. */
  readonly allowedOrigins?: readonly string[];
  /** How often clients are pinged, ms; 15,000 unless told. One that missed a whole round is dropped. */
  readonly heartbeatMs?: number;
  readonly logger: ControlLogger;
  /** Somebody came with a token, or without the right one. `by` is empty where it is nobody that we know. */
  readonly onAuthentication?: (error: AppError | null, by: string) => void;
}

/** What this room needs of a logger; pino fits. */
export interface ControlLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ControlServer {
  /** ws URL of the control path. */
  readonly url: string;
  readonly port: number;
  /** Clients connected now. */
  clients(): number;
  /** Tells every client, then closes sockets and port. */
  close(): Promise<void>;
}

/** Starts the control server; resolves once it listens, or with PORT_IN_USE or CONTROL_HOST_FORBIDDEN. */
export async function createControlServer(options: ControlServerOptions): Promise<Result<ControlServer>> {
  const { host = '127.0.0.1', token, service, logger, allowedOrigins = [], capabilities = [], heartbeatMs = 15_000 } = options;
  if (!['127.0.0.1', '::1', 'localhost'].includes(host)) return err(appError('CONTROL_HOST_FORBIDDEN', { host }));

  let port = options.port;
  const onBug = (error: unknown, requestId: string | undefined): void =>
    logger.error({ err: error, requestId }, 'bug in a control request');
  const router = createRouter({ ...options, allowedOrigins, onBug, port: () => port });
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 }, router);
  // A character of JavaScript takes at most three bytes of UTF-8; the peer counts characters.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameChars * 3,
    perMessageDeflate: false,
    handleProtocols: () => subprotocol,
  });
  const listening = await listen(server, options.port, host);
  if (!listening.ok) return listening;
  port = listening.value.port;
  const clients = createControlClients({ service, capabilities, heartbeatMs, onBug });

  function admit(request: IncomingMessage): Result<Caller> {
    const refusal = checkAddress(request.headers, port, allowedOrigins);
    if (refusal) return err(refusal);
    if (pathOf(request.url) !== controlPath) return err(appError('CONTROL_PATH_UNKNOWN'));
    if (clients.size() >= maxClients) return err(appError('PEER_BUSY', { clients: maxClients }));
    return identify(request.headers, token);
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const caller = admit(request);
    options.onAuthentication?.(caller.ok ? null : caller.error, caller.ok ? caller.value.by : '');
    if (!caller.ok) {
      logRefusal(logger, request, caller.error);
      // The socket is ours from here on; a reset while we answer is nobody's bug.
      socket.on('error', () => socket.destroy());
      return refuseUpgrade(socket, caller.error);
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      logger.info({ ...caller.value, clients: clients.size() + 1 }, 'control client connected');
      clients.add(client, caller.value);
    });
  });

  return ok({
    url: `ws://${host === '::1' ? '[::1]' : host}:${port}${controlPath}`,
    port,
    clients: clients.size,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await clients.close();
      server.closeAllConnections();
      await closed;
    },
  });
}

/** Path and code only: a query or a header may hold a token. */
function logRefusal(logger: ControlLogger, request: IncomingMessage, { code }: AppError): void {
  logger.warn({ code, path: pathOf(request.url).slice(0, 100) }, 'control client refused');
}
