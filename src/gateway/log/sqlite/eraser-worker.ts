import type { EraserOps } from './eraser.ts';
import type { WorkerClient } from './worker-client.ts';

/** How long the worker stays after its last use, ms. */
const idleMs = 10_000;

export interface EraserWorkerDeps {
  readonly folder: string;
  startEraser(): WorkerClient<EraserOps>;
}

/** The eraser's worker: started at its first use, one use after the other, ended a while after the last. */
export function createEraserWorker({ folder, startEraser }: EraserWorkerDeps) {
  let worker: WorkerClient<EraserOps> | null = null;
  let key: Uint8Array | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;
  let isOver = false;

  async function ready(wanted: Uint8Array): Promise<WorkerClient<EraserOps>> {
    if (isOver) throw new Error('the log is closed');
    clearTimeout(idle);
    if (worker && key && Buffer.compare(key, wanted) === 0) return worker;
    worker ??= startEraser();
    await worker.call('open', { folder, key: wanted });
    key = wanted;
    return worker;
  }
  async function rest(): Promise<void> {
    const resting = worker;
    worker = null;
    if (!resting) return;
    await resting.call('close', null).catch(() => {});
    await resting.stop();
  }

  return {
    use<T>(wanted: Uint8Array, work: (eraser: WorkerClient<EraserOps>) => Promise<T>): Promise<T> {
      const turn = last.then(async () => work(await ready(wanted)));
      last = turn
        .catch(() => {})
        .then(() => {
          clearTimeout(idle);
          idle = setTimeout(() => {
            last = last.then(rest);
          }, idleMs);
          idle.unref();
        });
      return turn;
    },
    async close(): Promise<void> {
      isOver = true;
      await last;
      clearTimeout(idle);
      await rest();
    },
    async stop(): Promise<void> {
      isOver = true;
      clearTimeout(idle);
      const stopping = worker;
      worker = null;
      await stopping?.stop();
    },
  };
}
