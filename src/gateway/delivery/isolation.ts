/**
 * Encodes single events in a worker with little memory and little time. A lane on which the process died again and again
 * goes through here: the event at fault is found, and nobody else is harmed.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Encoded } from '#gateway/connectors/connector.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { type EncodeJob, type EncodeReply, ready } from './encode-apart.ts';

export type Isolated =
  | { readonly kind: 'encoded'; readonly encoded: Encoded }
  /** What it did, in an operator's words. */
  | { readonly kind: 'poison'; readonly detail: string }
  /** The worker was closed, or did not start: nothing is known of the event. */
  | { readonly kind: 'stopped' };

export interface Isolation {
  /** One call at a time. */
  encode(event: GatewayEvent, job: Omit<EncodeJob, 'id' | 'event'>): Promise<Isolated>;
  close(): Promise<void>;
}

export interface IsolationOptions {
  /** Time for one event, ms. */
  readonly timeoutMs: number;
  readonly maxMemoryMb: number;
  /** The worker's file. */
  readonly worker: URL;
}

const defaults: IsolationOptions = {
  timeoutMs: 10_000,
  maxMemoryMb: 128,
  worker: new URL(`./encode-apart.worker${extname(import.meta.filename)}`, import.meta.url),
};

export function createIsolation(options: Partial<IsolationOptions> = {}): Isolation {
  const { timeoutMs, maxMemoryMb, worker: file } = { ...defaults, ...options };
  let worker: Worker | null = null;
  let isReady = false;
  let lastId = 0;
  let job: { readonly message: EncodeJob; readonly end: (isolated: Isolated) => void } | null = null;
  let timer: NodeJS.Timeout | undefined;

  function end(isolated: Isolated): void {
    clearTimeout(timer);
    const ended = job;
    job = null;
    ended?.end(isolated);
  }
  /** A worker that failed is not used again. Before it was ready, that was no event's fault. */
  function fail(detail: string): void {
    const failed = worker;
    const wasReady = isReady;
    worker = null;
    isReady = false;
    void failed?.terminate();
    end(wasReady ? { kind: 'poison', detail } : { kind: 'stopped' });
  }
  function post(): void {
    if (!worker || !isReady || !job) return;
    const posted = job;
    worker.postMessage(posted.message);
    // An answer that came while this thread was busy is read before the time is judged.
    timer = setTimeout(
      () =>
        setImmediate(() => {
          if (job === posted) fail(`its encoding takes longer than ${timeoutMs} ms`);
        }),
      timeoutMs,
    );
  }
  function answered(reply: EncodeReply): void {
    if (reply.id !== job?.message.id) return;
    if ('threw' in reply) return end({ kind: 'poison', detail: `the connector fails on it: ${reply.threw}` });
    const { event } = job.message;
    const requests = reply.requests.map((request) => ({ ...request, events: [event] }));
    end({ kind: 'encoded', encoded: { requests, refused: reply.refused === null ? [] : [{ event, detail: reply.refused }] } });
  }
  function start(): Worker {
    const started = new Worker(file, {
      name: 'sluice-encode-apart',
      resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb, maxYoungGenerationSizeMb: 16 },
    });
    const whileCurrent = (act: () => void) => {
      if (worker === started) act();
    };
    started.on('message', (message: typeof ready | EncodeReply) =>
      whileCurrent(() => {
        if (message !== ready) return answered(message);
        isReady = true;
        post();
      }),
    );
    started.on('error', (error: NodeJS.ErrnoException) => {
      const detail = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it takes too much memory to encode' : 'its encoding crashes';
      whileCurrent(() => fail(detail));
    });
    started.on('exit', () => whileCurrent(() => fail('its encoding ends the process')));
    return started;
  }

  return {
    encode(event, rest) {
      const { promise, resolve } = Promise.withResolvers<Isolated>();
      job = { message: { id: ++lastId, event, ...rest }, end: resolve };
      worker ??= start();
      post();
      return promise;
    },
    async close() {
      const stopped = worker;
      worker = null;
      isReady = false;
      end({ kind: 'stopped' });
      await stopped?.terminate();
    },
  };
}
