/** Lets a test come between the log and its workers: fail a call, or hold it. */
import type { WorkerClient } from '#gateway/log/sqlite/worker-client.ts';
import type { StartWorkers, Workers } from '#gateway/log/sqlite/workers.ts';
import { startInThread } from './in-thread.ts';

/** Sees each call before its worker does. May throw, or wait. */
export type Intercept = (worker: keyof Workers, call: string, input: unknown) => void | Promise<void>;

export function wrapped(intercept: Intercept): StartWorkers {
  return (onCrash) => {
    const inner = startInThread(onCrash);
    const wrap = <K extends keyof Workers>(key: K): Workers[K] => {
      const client = inner[key] as unknown as WorkerClient<Record<string, (input: unknown) => unknown>>;
      const call = async (name: string, input: unknown) => {
        await intercept(key, name, input);
        return client.call(name, input);
      };
      return { ...client, call } as unknown as Workers[K];
    };
    return { writer: wrap('writer'), reader: wrap('reader'), lanes: wrap('lanes') };
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
