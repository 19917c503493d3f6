/**
 * Sends encoded requests of one destination over its own connection pool. The lane never has more
 * requests under way than connections, so nothing queues inside the HTTP client; what must connect first
 * asks `mayStart` as its first byte is about to be written, and is withdrawn if the answer is no.
 */
import { type Dispatcher, Pool } from 'undici';
import type { EncodedRequest, VendorResponse } from '#gateway/connectors/connector.ts';

/** What became of one request. */
export type Sent =
  | { readonly kind: 'answer'; readonly response: VendorResponse }
  /** No byte left: the request may be repeated without any risk. */
  | { readonly kind: 'unsent'; readonly class: 'network' | 'timeout'; readonly detail: string }
  /** `mayStart` said no. */
  | { readonly kind: 'withdrawn' }
  /** Bytes left and no verdict came. */
  | { readonly kind: 'uncertain'; readonly detail: string };

export interface SendHooks {
  /** Asked synchronously as the first byte is about to be written. */
  mayStart(): boolean;
  done(sent: Sent): void;
}

export interface Sending {
  abort(): void;
}

export interface Sender {
  send(request: EncodedRequest, hooks: SendHooks): Sending;
  readonly sockets: number;
  close(): Promise<void>;
}

export interface SenderOptions {
  /** Scheme, host and port. A request to another origin is a bug and throws. */
  readonly origin: string;
  readonly connections: number;
  readonly timeoutMs: number;
}

const maxResponseChars = 256 * 1024;

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  return code;
}

function isTimeout(code: string): boolean {
  return code.includes('TIMEOUT') || code === 'ETIMEDOUT';
}

/** Gathers one answer. Written against undici's dispatch interface because a promise and a stream per request cost a third of the throughput. */
class Exchange implements Dispatcher.DispatchHandler {
  #hooks: SendHooks;
  #controller: Dispatcher.DispatchController | null = null;
  #started = false;
  #withdrawn = false;
  #abortWanted = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #size = 0;
  #over = false;

  constructor(hooks: SendHooks) {
    this.#hooks = hooks;
  }
  #finish(sent: Sent): void {
    if (this.#over) return;
    this.#over = true;
    this.#hooks.done(sent);
  }
  abort(): void {
    this.#abortWanted = true;
    this.#controller?.abort(new Error('aborted by a switch'));
  }
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortWanted || !this.#hooks.mayStart()) {
      this.#withdrawn = true;
      controller.abort(new Error('withdrawn'));
      return;
    }
    this.#started = true;
  }
  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = isFlat(headers) ? headers : flatten(headers);
  }
  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#size < maxResponseChars) this.#chunks.push(chunk);
    this.#size += chunk.length;
  }
  onResponseEnd(): void {
    const body =
      this.#chunks.length === 0 ? '' : this.#chunks.length === 1 ? String(this.#chunks[0]) : Buffer.concat(this.#chunks).toString();
    this.#finish({ kind: 'answer', response: { status: this.#status, headers: this.#headers, body } });
  }
  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#withdrawn) return this.#finish({ kind: 'withdrawn' });
    const code = reasonOf(error);
    if (this.#started)
      return this.#finish({ kind: 'uncertain', detail: this.#abortWanted ? 'aborted after the drain deadline' : `no verdict: ${code}` });
    this.#finish({ kind: 'unsent', class: isTimeout(code) ? 'timeout' : 'network', detail: `could not connect: ${code}` });
  }
}

type Headers = Record<string, string | string[] | undefined>;

/** Nearly always: then what undici made for this answer serves as it is. */
function isFlat(headers: Headers): headers is Record<string, string> {
  for (const name in headers) if (typeof headers[name] !== 'string') return false;
  return true;
}

function flatten(headers: Headers): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

/** The part of `url` after the origin. Throws where it is another origin: the credential is bound to this one. */
function pathWithin(origin: string, url: string): string {
  const next = url.charAt(origin.length);
  if (!url.startsWith(origin) || !['', '/', '?'].includes(next))
    throw new Error('a connector addressed another origin than its credential is bound to');
  return next === '/' ? url.slice(origin.length) : `/${url.slice(origin.length)}`;
}

export function createSender(options: SenderOptions): Sender {
  const pool = new Pool(options.origin, {
    connections: options.connections,
    pipelining: 1,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    connect: { timeout: Math.min(options.timeoutMs, 10_000) },
    keepAliveTimeout: 10_000,
  });
  let sockets = 0;
  pool.on('connect', () => sockets++);
  pool.on('disconnect', () => sockets--);

  return {
    get sockets() {
      return sockets;
    },
    send(request, hooks) {
      const path = pathWithin(options.origin, request.url);
      const exchange = new Exchange(hooks);
      pool.dispatch({ method: request.method, path, headers: request.headers, body: request.body }, exchange);
      return exchange;
    },
    async close() {
      await pool.destroy();
    },
  };
}
