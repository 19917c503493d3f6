/** HTTP/1.1 over undici: one request a connection, as many connections as the lane may have requests under way. */
import type { Socket } from 'node:net';
import { type Dispatcher, Pool } from 'undici';
import type { Dial } from '#gateway/transport/dial.ts';
import { AnswerBody, flatHeaders, type Line, type SendHooks, type Sending, type Sent, sentOfError } from './line.ts';

export interface Http1Options {
  readonly origin: string;
  readonly connections: number;
  readonly timeoutMs: number;
  readonly dial: Dial;
}

export interface Http1Line extends Line {
  /** Uses a connection that was opened elsewhere before it opens one itself. */
  adopt(socket: Socket): void;
}

/** Gathers one answer. Written against undici's dispatch interface because a promise and a stream per request cost a third of the throughput. */
class Exchange implements Dispatcher.DispatchHandler, Sending {
  #hooks: SendHooks;
  #controller: Dispatcher.DispatchController | null = null;
  #started = false;
  #withdrawn = false;
  #abortWanted = false;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  readonly #body = new AnswerBody();
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
    // A second time would be undici's own retry: whether to send again is for the lane to say.
    if (this.#started) return controller.abort(new Error('sent once'));
    if (this.#abortWanted || !this.#hooks.mayStart()) {
      this.#withdrawn = true;
      controller.abort(new Error('withdrawn'));
      return;
    }
    this.#started = true;
  }
  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = flatHeaders(headers);
  }
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body.add(chunk);
    if (!this.#body.isExcessive) return;
    this.onResponseEnd();
    controller.abort(new Error('the answer is too long'));
  }
  onResponseEnd(): void {
    this.#finish({ kind: 'answer', response: { status: this.#status, headers: this.#headers, body: this.#body.text() } });
  }
  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish(this.#withdrawn ? { kind: 'withdrawn' } : sentOfError(error, this.#started, this.#abortWanted));
  }
}

export function createHttp1Line({ origin, connections, timeoutMs, dial }: Http1Options): Http1Line {
  const adopted: Socket[] = [];
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 10_000,
    connect(options, callback) {
      const socket = adopted.pop();
      if (socket === undefined || socket.destroyed) dial.connect(options, callback);
      // Never at once: undici would not notice that it is connected.
      else queueMicrotask(() => callback(null, socket));
    },
  });
  let sockets = 0;
  pool.on('connect', () => sockets++);
  pool.on('disconnect', () => sockets--);

  return {
    get sockets() {
      return sockets;
    },
    adopt: (socket) => void adopted.push(socket),
    send({ method, path, headers, body }, hooks) {
      const exchange = new Exchange(hooks);
      pool.dispatch({ method, path, headers, body }, exchange);
      return exchange;
    },
    async close() {
      for (const socket of adopted) socket.destroy();
      await pool.destroy();
    },
  };
}
