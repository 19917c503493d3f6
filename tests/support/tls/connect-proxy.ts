/** A proxy that tunnels by CONNECT, over http or https, and remembers what it was asked. */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Made } from './certificates.ts';

export interface ConnectProxy {
  readonly url: string;
  /** `host:port` of each tunnel asked for, in order. */
  readonly asked: string[];
  /** `Proxy-Authorization` of each, or null. */
  readonly authorizations: (string | null)[];
  /** Bytes that came through from our side. */
  bytesOut(): number;
  /** Answers this instead of a tunnel; null tunnels. */
  refusal: number | null;
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** Wanted as `user:password`. */
  readonly login?: string;
  /** Speaks TLS with this. */
  readonly tls?: Made;
}

export async function startConnectProxy({ login, tls }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const authorizations: (string | null)[] = [];
  const sockets = new Set<Socket>();
  let bytesOut = 0;
  const wanted = login === undefined ? null : `Basic ${Buffer.from(login).toString('base64')}`;
  const server = tls ? createTlsServer({ cert: tls.cert, key: tls.key }) : createServer();

  function refuse(near: Socket, status: number): void {
    near.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
  }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request: IncomingMessage, near: Socket, head: Buffer) => {
    near.on('error', () => near.destroy());
    const authorization = request.headers['proxy-authorization'] ?? null;
    asked.push(request.url ?? '');
    authorizations.push(authorization);
    if (wanted !== null && authorization !== wanted) return refuse(near, 407);
    if (proxy.refusal !== null) return refuse(near, proxy.refusal);
    const { hostname, port } = new URL(`http://${request.url}`);
    const far = connect(Number(port), hostname, () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) far.write(head);
      near.on('data', (chunk: Buffer) => {
        bytesOut += chunk.length;
      });
      near.pipe(far);
      far.pipe(near);
    });
    sockets.add(far);
    far.on('close', () => {
      sockets.delete(far);
      near.destroy();
    });
    near.on('close', () => far.destroy());
    far.on('error', () => refuse(near, 502));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: ConnectProxy = {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    asked,
    authorizations,
    bytesOut: () => bytesOut,
    refusal: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}
