/**
 * HTTP/2 over node:http2: the requests of a lane share a connection, and a further one is opened only where the vendor
 * allows too few at once. undici speaks HTTP/2 too, but sends what a closing connection cut off again by itself; a lane
 * must know of every send.
 *
 *   idle ──first request──▶ dialing ──ALPN h2──▶ settings came: requests start
 *                              │ ALPN http/1.1
 *                              └──▶ given away: this and all that waits go to `speakHttp1`
 *
 * A connection is *retired* by GOAWAY, or when a request on it timed out: it takes no new requests and closes with its last.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Dial } from '#gateway/transport/dial.ts';
import { DialError } from '#gateway/transport/dial-error.ts';
import { AnswerBody, flatHeaders, type Line, type SendHooks, type Sending, type Sent, sentOfError, type WireRequest } from './line.ts';

export interface Http2Options {
  readonly origin: string;
  /** Most connections, and most requests on one. */
  readonly connections: number;
  readonly timeoutMs: number;
  readonly dial: Dial;
  /** The vendor does not speak HTTP/2: take the connection over. What waits is given with `resend`. */
  speakHttp1(socket: Socket): void;
  resend(request: WireRequest, hooks: SendHooks): Sending;
}

/** A connection without requests is closed after this, ms. */
const idleMs = 30_000;

/** One request, before and while it is a stream. */
class Exchange implements Sending {
  readonly request: WireRequest;
  readonly hooks: SendHooks;
  /** Set where the request went elsewhere. */
  resent: Sending | null = null;
  #stream: ClientHttp2Stream | null = null;
  #error: unknown = null;
  #isAborted = false;
  #isOver = false;

  constructor(request: WireRequest, hooks: SendHooks) {
    this.request = request;
    this.hooks = hooks;
  }
  get isAborted(): boolean {
    return this.#isAborted;
  }
  finish(sent: Sent): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.hooks.done(sent);
  }
  fail(error: unknown): void {
    this.finish(sentOfError(error, this.#stream !== null, this.#isAborted));
  }
  abort(): void {
    this.#isAborted = true;
    if (this.resent !== null) this.resent.abort();
    else if (this.#stream !== null) this.#stream.close(constants.NGHTTP2_CANCEL);
    // Not at once: whoever aborts goes through a list that this changes.
    else queueMicrotask(() => this.finish({ kind: 'withdrawn' }));
  }
  /** null: it was withdrawn, and no byte left. */
  start(session: ClientHttp2Session, authority: string, timeoutMs: number, timedOut: () => void): ClientHttp2Stream | null {
    if (this.#isAborted) return null;
    if (!this.hooks.mayStart()) {
      this.finish({ kind: 'withdrawn' });
      return null;
    }
    const { method, path, headers, body } = this.request;
    const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
    const stream = session.request(
      { ...headers, ...length, ':method': method, ':path': path, ':scheme': 'https', ':authority': authority },
      { endStream: body === null },
    );
    this.#stream = stream;
    this.#listen(stream);
    stream.setTimeout(timeoutMs, () => {
      this.#error = new DialError('HEADERS_TIMEOUT');
      stream.close(constants.NGHTTP2_CANCEL);
      timedOut();
    });
    if (body !== null) stream.end(body);
    return stream;
  }

  #listen(stream: ClientHttp2Stream): void {
    const answer = new AnswerBody();
    let head: { status: number; headers: Readonly<Record<string, string>> } | null = null;
    stream.on('response', ({ ':status': status = 0, ...headers }) => {
      head = { status, headers: flatHeaders(headers) };
    });
    const finish = () => {
      if (head !== null && !stream.aborted) this.finish({ kind: 'answer', response: { ...head, body: answer.text() } });
    };
    stream.on('data', (chunk: Buffer) => {
      answer.add(chunk);
      if (!answer.isExcessive) return;
      finish();
      stream.close(constants.NGHTTP2_CANCEL);
    });
    stream.on('end', finish);
    stream.on('error', (error) => {
      this.#error ??= error;
    });
    stream.on('close', () => {
      // REFUSED_STREAM, or beyond the last stream that a GOAWAY names: the vendor says that it did nothing with it (RFC 9113, 8.7).
      if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && head === null)
        return this.finish({ kind: 'unsent', class: 'network', detail: 'the vendor is closing the connection' });
      this.fail(this.#error ?? new DialError(`HTTP2_STREAM_CLOSED_${stream.rstCode}`));
    });
  }
}

/** A connection that speaks HTTP/2, with how many requests it carries. */
interface OpenSession {
  readonly session: ClientHttp2Session;
  active: number;
  /** Most requests at once, by the vendor's settings. */
  limit: number;
  isRetired: boolean;
}

class Http2Line implements Line {
  readonly #options: Http2Options;
  readonly #url: URL;
  readonly #sessions = new Set<OpenSession>();
  #waiting: Exchange[] = [];
  #dialing = 0;
  #isClosed = false;

  constructor(options: Http2Options) {
    this.#options = options;
    this.#url = new URL(options.origin);
  }
  get sockets(): number {
    return this.#sessions.size;
  }

  send(request: WireRequest, hooks: SendHooks): Sending {
    const exchange = new Exchange(request, hooks);
    this.#waiting.push(exchange);
    this.#placeAll();
    return exchange;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#failAll(new DialError('CLOSED'));
    for (const { session } of this.#sessions) session.destroy();
  }

  #placeAll(): void {
    while (this.#waiting.length > 0) {
      const open = this.#withRoom();
      if (open === null) return this.#dialIfNeeded();
      this.#start(this.#waiting.shift() as Exchange, open);
    }
  }

  #withRoom(): OpenSession | null {
    for (const open of this.#sessions) if (!open.isRetired && open.active < open.limit) return open;
    return null;
  }

  #start(exchange: Exchange, open: OpenSession): void {
    const stream = exchange.start(open.session, this.#url.host, this.#options.timeoutMs, () => this.#retire(open));
    if (stream === null) return;
    open.active++;
    stream.once('close', () => {
      open.active--;
      if (open.isRetired && open.active === 0) open.session.close();
      this.#placeAll();
    });
  }

  #retire(open: OpenSession): void {
    open.isRetired = true;
    if (open.active === 0) open.session.close();
  }

  #dialIfNeeded(): void {
    // One at a time: what the vendor allows on it says whether a further one is needed.
    if (this.#dialing > 0 || this.#isClosed || this.#sessions.size >= this.#options.connections) return;
    this.#dialing++;
    const { protocol, hostname, host, port } = this.#url;
    const options = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), host, port };
    try {
      this.#options.dial.connect(options, (...[error, socket]) => this.#dialed(error, error === null ? socket : null));
    } catch (error) {
      queueMicrotask(() => this.#dialed(error, null));
    }
  }

  #dialed(error: unknown, socket: Socket | null): void {
    if (socket === null || this.#isClosed) {
      this.#dialing--;
      socket?.destroy();
      return this.#failAll(error);
    }
    if (socket instanceof TLSSocket && socket.alpnProtocol === 'h2') return this.#greet(socket);
    this.#dialing--;
    this.#options.speakHttp1(socket);
    for (const exchange of this.#waiting.splice(0))
      if (!exchange.isAborted) exchange.resent = this.#options.resend(exchange.request, exchange.hooks);
  }

  /** Waits for the vendor's settings: before them nobody knows how many requests it takes at once. */
  #greet(socket: TLSSocket): void {
    const session = connect(this.#options.origin, { createConnection: () => socket, settings: { enablePush: false } });
    const open: OpenSession = { session, active: 0, limit: 0, isRetired: false };
    let lastError: unknown = new DialError('HTTP2_CLOSED');
    let isGreeted = false;
    const tooLate = setTimeout(() => session.destroy(new DialError('HTTP2_SETTINGS_TIMEOUT')), this.#options.timeoutMs);
    this.#sessions.add(open);
    session.on('remoteSettings', ({ maxConcurrentStreams = Number.POSITIVE_INFINITY }) => {
      open.limit = Math.max(1, Math.min(maxConcurrentStreams, this.#options.connections));
      if (!isGreeted) this.#dialing--;
      isGreeted = true;
      clearTimeout(tooLate);
      this.#placeAll();
    });
    session.on('goaway', () => this.#retire(open));
    session.on('error', (error) => {
      lastError = error;
    });
    session.setTimeout(idleMs, () => {
      if (open.active === 0) this.#retire(open);
    });
    session.on('close', () => {
      clearTimeout(tooLate);
      this.#sessions.delete(open);
      if (isGreeted) return this.#placeAll();
      this.#dialing--;
      this.#failAll(lastError);
    });
  }

  #failAll(error: unknown): void {
    for (const exchange of this.#waiting.splice(0)) exchange.fail(error);
  }
}

export function createHttp2Line(options: Http2Options): Line {
  return new Http2Line(options);
}
