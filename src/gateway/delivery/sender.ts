/**
 * Sends encoded requests to one origin over connections of its own. The lane never has more requests under way than
 * `connections`, so nothing queues inside an HTTP client; every request asks `mayStart` as its first byte is about to be
 * written, and is withdrawn if the answer is no.
 */
import type { CertificateFacts } from '#contract/documents/transport.ts';
import type { EncodedRequest, Outcome } from '#gateway/connectors/connector.ts';
import { certificateFacts } from '#gateway/transport/certificates.ts';
import { createDial } from '#gateway/transport/dial.ts';
import { plainReach, type Reach } from '#gateway/transport/reach.ts';
import { compressed } from './compress.ts';
import { createHttp1Line } from './http1-line.ts';
import { createHttp2Line } from './http2-line.ts';
import type { Line, SendHooks, Sending, Sent, WireRequest } from './line.ts';

export type { SendHooks, Sending, Sent } from './line.ts';

export interface Sender {
  send(request: EncodedRequest, hooks: SendHooks): Sending;
  readonly sockets: number;
  /** What was spoken last; null before the first connection. */
  readonly protocol: 'http/1.1' | 'h2' | null;
  /** Certificates that the other side, or a proxy, showed last. */
  certificates(now: number): readonly CertificateFacts[];
  close(): Promise<void>;
}

export interface SenderOptions {
  /** Scheme, host and port. A request to another origin is a bug and throws. */
  readonly origin: string;
  /** Most requests at once. */
  readonly connections: number;
  readonly timeoutMs: number;
  readonly reach?: Reach;
}

/** A connection takes at most this long to open, ms. */
export const longestDialMs = 10_000;
/** A vendor that did not offer HTTP/2 is asked again after this, ms. */
const askAgainMs = 600_000;

/** The part of `url` after the origin. Throws where it is another origin: the credential is bound to this one. */
function pathWithin(origin: string, url: string): string {
  const next = url.charAt(origin.length);
  if (!url.startsWith(origin) || !['', '/', '?'].includes(next))
    throw new Error('a connector addressed another origin than its credential is bound to');
  return next === '/' ? url.slice(origin.length) : `/${url.slice(origin.length)}`;
}

/** HTTP/2 where the vendor offers it, HTTP/1.1 where it does not. */
function createEitherLine(
  options: Omit<SenderOptions, 'reach'>,
  dial: ReturnType<typeof createDial>,
  http1: ReturnType<typeof createHttp1Line>,
) {
  let http1Until = 0;
  const http2 = createHttp2Line({
    ...options,
    dial,
    speakHttp1(socket) {
      http1Until = performance.now() + askAgainMs;
      http1.adopt(socket);
    },
    resend: (request, hooks) => http1.send(request, hooks),
  });
  return {
    http2,
    line: (): Line => (performance.now() < http1Until ? http1 : http2),
  };
}

/** Compresses first, then sends; may be aborted in between. */
function sendCompressed(line: () => Line, request: WireRequest, hooks: SendHooks): Sending {
  let sending: Sending | null = null;
  let isAborted = false;
  compressed(request, (ready) => {
    if (isAborted) hooks.done({ kind: 'withdrawn' });
    else sending = line().send(ready, hooks);
  });
  return {
    abort() {
      isAborted = true;
      sending?.abort();
    },
  };
}

export function createSender({ reach = plainReach, ...options }: SenderOptions): Sender {
  const isHttp2 = reach.http2 && options.origin.startsWith('https:');
  const timeoutMs = Math.min(options.timeoutMs, longestDialMs);
  const dials = { http1: createDial({ reach, timeoutMs, offersHttp2: false }), http2: createDial({ reach, timeoutMs, offersHttp2: true }) };
  const http1 = createHttp1Line({ ...options, dial: dials.http1 });
  const either = isHttp2 ? createEitherLine(options, dials.http2, http1) : null;
  const line = either?.line ?? (() => http1);
  let protocol: Sender['protocol'] = null;

  return {
    get sockets() {
      return http1.sockets + (either?.http2.sockets ?? 0);
    },
    get protocol() {
      if ((either?.http2.sockets ?? 0) > 0) protocol = 'h2';
      else if (http1.sockets > 0) protocol = 'http/1.1';
      return protocol;
    },
    certificates: (now) =>
      [...new Map([...dials.http1.shown, ...dials.http2.shown])].map(([role, certificate]) => certificateFacts(role, certificate, now)),
    send({ method, url, headers, body }, hooks) {
      const request = { method, path: pathWithin(options.origin, url), headers, body };
      return reach.gzip ? sendCompressed(line, request, hooks) : line().send(request, hooks);
    },
    async close() {
      dials.http1.close();
      dials.http2.close();
      await Promise.all([http1.close(), either?.http2.close()]);
    },
  };
}

/** What a request without an answer means for each of its events. */
export function outcomeOfSilence(sent: Exclude<Sent, { kind: 'answer' | 'withdrawn' }>): Outcome {
  switch (sent.kind) {
    case 'uncertain':
      return { kind: 'uncertain', detail: sent.detail };
    case 'refused':
      return { kind: 'authHold', detail: sent.detail };
    case 'unsent':
      return { kind: 'retry', class: sent.class, detail: sent.detail };
  }
}
