/** Lets a test come between the log and its workers: fail a call, or hold it. */
import type { WorkerClient } from '#gateway/log/sqlite/worker-client.ts';
import type { WorkerStarter } from '#gateway/log/sqlite/workers.ts';
import { inThread } from './in-thread.ts';

/** Sees each call before its worker does. May throw, or wait. */
export type Intercept = (worker: keyof WorkerStarter, call: string, input: unknown) => void | Promise<void>;

export function wrapped(intercept: Intercept): WorkerStarter {
  const wrap = <Ops>(worker: keyof WorkerStarter, client: WorkerClient<Ops>): WorkerClient<Ops> => ({
    ...client,
    async call(name, input) {
      await intercept(worker, String(name), input);
      return client.call(name, input);
    },
  });
  return {
    writer: (onCrash) => wrap('writer', inThread.writer(onCrash)),
    reader: (onCrash) => wrap('reader', inThread.reader(onCrash)),
    lanes: (onCrash) => wrap('lanes', inThread.lanes(onCrash)),
    eraser: (onCrash) => wrap('eraser', inThread.eraser(onCrash)),
  };
}

/** A promise that the test resolves. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
