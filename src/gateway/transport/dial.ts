/**
 * Opens connections to one origin: TCP, or TLS with the right authorities and our certificate, straight or through
 * a proxy. Serves undici's pool and our HTTP/2 sessions alike, so that both reach an address in the same way.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import type { CertificateFacts } from '#contract/documents/transport.ts';
import { DialError, isRefusal } from './dial-error.ts';
import { lookup } from './lookup.ts';
import type { Reach } from './reach.ts';
import { openTunnel } from './tunnel.ts';

export interface DialOptions {
  readonly reach: Reach;
  readonly timeoutMs: number;
  /** Offer HTTP/2 (ALPN). */
  readonly offersHttp2: boolean;
}

export interface Dial {
  /** As undici wants it. */
  readonly connect: buildConnector.connector;
  /** Certificates that the other side showed last. */
  readonly shown: ReadonlyMap<CertificateFacts['role'], X509Certificate>;
  /** Gives up what is being opened. */
  close(): void;
}

/** Host and port for CONNECT; IPv6 in brackets. */
function authorityOf({ hostname, port, protocol }: buildConnector.Options): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${host}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

export function createDial({ reach, timeoutMs, offersHttp2 }: DialOptions): Dial {
  const { proxy, ca, client } = reach;
  const shown = new Map<CertificateFacts['role'], X509Certificate>();
  const closing = new AbortController();
  const base = buildConnector({
    timeout: timeoutMs,
    lookup,
    allowH2: offersHttp2,
    ...(ca === null ? {} : { ca }),
    ...(client === null ? {} : { cert: client.cert, key: client.key.reveal() }),
  });

  function note(role: CertificateFacts['role'], socket: Socket): void {
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    if (certificate !== undefined) shown.set(role, certificate);
  }

  function finish(options: buildConnector.Options, callback: buildConnector.Callback): void {
    base(options, (...result) => {
      // By the error: undici leaves the second argument out where there is one.
      if (result[0] === null) {
        const socket = result[1];
        note('server', socket);
        // Else the connection's end, which comes next, hides why it ended.
        socket.prependOnceListener('error', (error) => void (isRefusal(error) && socket.destroy(error)));
      }
      callback(...result);
    });
  }

  function finishOver(tunnel: Socket, options: buildConnector.Options, callback: buildConnector.Callback): void {
    try {
      finish({ ...options, httpSocket: tunnel }, callback);
    } catch (error) {
      // A certificate or key of ours that TLS cannot use; undici catches the same where there is no tunnel.
      tunnel.destroy();
      callback(error instanceof Error ? error : new DialError('TLS_UNUSABLE'), null);
    }
  }

  return {
    shown,
    connect(options, callback) {
      if (proxy === null) return finish(options, callback);
      const tunnel = { proxy, ca, timeoutMs, signal: closing.signal, shown: (socket: TLSSocket) => note('proxy', socket) };
      openTunnel(tunnel, authorityOf(options), (opened) => {
        if (opened instanceof Error) return callback(opened, null);
        opened.setNoDelay(true);
        if (options.protocol === 'https:') finishOver(opened, options, callback);
        else callback(null, opened);
      });
    },
    close: () => closing.abort(),
  };
}
