import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppFailure, appError } from '#contract/errors.ts';
import { SettleRefused } from '../settle-refused.ts';
import { Calls } from './calls.ts';
import type { Failure, Input, Output, ReplyMessage } from './worker-protocol.ts';

export interface WorkerClient<Ops> {
  /** Rejects with an AppFailure for what may happen, with an Error for a bug. */
  call<N extends keyof Ops & string>(name: N, input: Input<Ops, N>, transfer?: readonly ArrayBuffer[]): Promise<Output<Ops, N>>;
  /** Ends the worker at once; calls under way reject. */
  stop(): Promise<void>;
}

/** The error that a failure in a worker stands for. */
export function toError(failure: Failure): Error {
  if (failure.kind === 'store') return new AppFailure(appError(failure.code, failure.details));
  const error = failure.name === 'SettleRefused' ? new SettleRefused(failure.message) : new Error(failure.message);
  error.stack = failure.stack;
  return error;
}

/** Young objects of a worker, MB: it moves buffers and small messages. V8 would take up to 48 of memory for them. */
const maxYoungGenerationSizeMb = 6;

/**
 * Starts `<name>.worker` beside a file (this one unless told), from source and from the build alike. `onCrash`
 * is called once when it dies on its own: a bug.
 */
export function startWorker<Ops>(name: string, onCrash: (error: Error) => void, beside = import.meta.url): WorkerClient<Ops> {
  const worker = new Worker(new URL(`./${name}.worker${extname(import.meta.filename)}`, beside), {
    name: `sluice-${name}`,
    resourceLimits: { maxYoungGenerationSizeMb },
  });
  const calls = new Calls();
  let isStopping = false;

  function end(error: Error): void {
    for (const { reject } of calls.clear()) reject(error);
  }

  worker.on('message', (reply: ReplyMessage) => {
    const call = calls.take(reply.id);
    if ('failure' in reply) call?.reject(toError(reply.failure));
    else call?.resolve(reply.value);
  });
  worker.on('error', (cause) => {
    const error = new Error(`the worker ${name} of the event log crashed`, { cause });
    end(error);
    if (!isStopping) onCrash(error);
    isStopping = true;
  });
  worker.on('exit', (code) => {
    const error = new Error(`the worker ${name} of the event log ended with code ${code}`);
    end(error);
    if (!isStopping) onCrash(error);
  });

  return {
    call(callName, input, transfer) {
      return new Promise((resolve, reject) => {
        if (isStopping) return reject(new Error(`the worker ${name} has ended`));
        const id = calls.add({ resolve: resolve as (value: unknown) => void, reject });
        worker.postMessage({ id, name: callName, input }, transfer ?? []);
      });
    },
    async stop() {
      isStopping = true;
      await worker.terminate();
      end(new Error(`the worker ${name} was stopped`));
    },
  };
}
