/**
 * The workers' handlers in the thread of the test: the same code and files, without the start of three threads, so
 * that a property test can crash and reopen thousands of times.
 */
import { AppFailure, appError } from '#contract/errors.ts';
import { createEraserOps } from '#gateway/log/sqlite/eraser.ts';
import { createLanesOps } from '#gateway/log/sqlite/lanes-store.ts';
import { createReaderOps } from '#gateway/log/sqlite/log-reader.ts';
import { createLogWriter } from '#gateway/log/sqlite/log-writer.ts';
import { toStoreFailure } from '#gateway/log/sqlite/sqlite-errors.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import type { WorkerClient } from '#gateway/log/sqlite/worker-client.ts';
import type { WorkerStarter } from '#gateway/log/sqlite/workers.ts';

/** Closing only gives the handles back. */
const nothingToWrite = { snapshot: null, seq: 0 };

function clientOf<Ops extends object>(ops: Ops): WorkerClient<Ops> {
  const handlers = new Map<string, (input: unknown) => unknown>(Object.entries(ops));
  let isStopped = false;
  const stopped = () => new Error('the worker was stopped');
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  function answerTo(name: PropertyKey, input: unknown): { readonly value: unknown } | { readonly error: unknown } {
    try {
      return { value: structuredClone(handlers.get(String(name))?.(structuredClone(input))) };
    } catch (error) {
      const failure = error instanceof StoreFailure ? error : toStoreFailure(error);
      return { error: failure ? new AppFailure(appError(failure.code, failure.details)) : error };
    }
  }
  return {
    async call(name, input) {
      // As long as a message takes: the answer never comes in the same turn.
      await turn();
      if (isStopped) throw stopped();
      const answer = answerTo(name, input);
      await turn();
      // A call under way when the worker is killed has no answer.
      if (isStopped) throw stopped();
      if ('error' in answer) throw answer.error;
      return answer.value as never;
    },
    async stop() {
      isStopped = true;
      handlers.get('close')?.(nothingToWrite);
    },
  };
}

export const inThread: WorkerStarter = {
  writer: () => clientOf(createLogWriter()),
  reader: () => clientOf(createReaderOps()),
  lanes: () => clientOf(createLanesOps()),
  eraser: () => clientOf(createEraserOps()),
};
