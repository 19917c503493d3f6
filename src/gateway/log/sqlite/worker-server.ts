import { parentPort } from 'node:worker_threads';
import { toStoreFailure } from './sqlite-errors.ts';
import { StoreFailure } from './store-failure.ts';
import type { CallMessage, Failure, ReplyMessage } from './worker-protocol.ts';

/** How an error crosses to whoever called. */
export function toFailure(error: unknown): Failure {
  const expected = error instanceof StoreFailure ? error : toStoreFailure(error);
  if (expected) return { kind: 'store', code: expected.code, details: expected.details };
  const bug = error instanceof Error ? error : new Error(String(error));
  return { kind: 'bug', name: bug.name, message: bug.message, stack: bug.stack ?? bug.message };
}

function buffersOf(value: unknown): ArrayBuffer[] {
  return typeof value === 'object' && value !== null ? Object.values(value).filter((part) => part instanceof ArrayBuffer) : [];
}

/** Answers the calls of the thread that started this worker, one after another. */
export function serve<Ops>(handlers: { readonly [N in keyof Ops]: Ops[N] }): void {
  const port = parentPort;
  if (!port) throw new Error('this file runs as a worker');
  const byName = new Map<string, (input: unknown) => unknown>(Object.entries(handlers as Record<string, (input: unknown) => unknown>));
  port.on('message', ({ id, name, input }: CallMessage) => {
    let reply: ReplyMessage;
    try {
      const handler = byName.get(name);
      if (!handler) throw new Error(`no handler ${name}`);
      reply = { id, value: handler(input) };
    } catch (error) {
      reply = { id, failure: toFailure(error) };
    }
    port.postMessage(reply, 'value' in reply ? buffersOf(reply.value) : []);
  });
}
