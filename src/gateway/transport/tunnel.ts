/** A way through a proxy: CONNECT (RFC 9110, 9.3.6), over http or https to the proxy. */
import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { rootCertificates, TLSSocket } from 'node:tls';
import { DialError } from './dial-error.ts';
import { lookup } from './lookup.ts';
import type { Reach } from './reach.ts';

export interface TunnelOptions {
  readonly proxy: NonNullable<Reach['proxy']>;
  /** Trusted for the proxy beside the public ones. */
  readonly ca: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told of the certificate that an https proxy shows. */
  shown(socket: TLSSocket): void;
}

function connectRequest(options: TunnelOptions, authority: string): ClientRequest {
  const { url, authorization } = options.proxy;
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const asked = {
    method: 'CONNECT',
    host,
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    path: authority,
    headers: { host: authority, ...(authorization === null ? {} : { 'proxy-authorization': authorization.reveal() }) },
    // A connection of its own: it becomes the tunnel.
    agent: false as const,
    lookup,
    signal: options.signal,
  };
  if (!isTls) return requestHttp(asked);
  // Said outright: node would take the far end's name from the Host header, and check the proxy's certificate against that.
  const servername = isIP(host) === 0 ? host : '';
  return requestHttps({ ...asked, servername, ...(options.ca === null ? {} : { ca: [...rootCertificates, options.ca] }) });
}

/** @param authority host and port of the far end @param done called once; with a socket on which the far end's bytes come and go */
export function openTunnel(options: TunnelOptions, authority: string, done: (result: Error | Socket) => void): void {
  const request = connectRequest(options, authority);
  let isOver = false;
  const end = (result: Error | Socket) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    done(result);
  };
  const deadline = setTimeout(() => {
    end(new DialError('PROXY_TIMEOUT'));
    request.destroy();
  }, options.timeoutMs);
  request.on('socket', (socket) => {
    if (socket instanceof TLSSocket) socket.once('secureConnect', () => options.shown(socket));
  });
  request.on('connect', (response, socket, head) => {
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) {
      socket.destroy();
      // Not a word of the proxy's own: it may be a page of anybody's.
      return end(new DialError(status === 407 ? 'PROXY_REFUSED_US' : `PROXY_ANSWERED_${status}`, status === 407));
    }
    if (head.length > 0) socket.unshift(head);
    end(socket as Socket);
  });
  request.on('response', (response) => {
    response.destroy();
    end(new DialError(`PROXY_ANSWERED_${response.statusCode}`));
  });
  request.on('error', (error) => end(new DialError(`PROXY_${'code' in error && typeof error.code === 'string' ? error.code : 'FAILED'}`)));
  request.end();
}
