import type { LanesOps } from './lanes-store.ts';
import type { ReaderOps } from './log-reader.ts';
import type { WriterOps } from './log-writer.ts';
import { startWorker, type WorkerClient } from './worker-client.ts';

export interface Workers {
  readonly writer: WorkerClient<WriterOps>;
  readonly reader: WorkerClient<ReaderOps>;
  readonly lanes: WorkerClient<LanesOps>;
}

export type StartWorkers = (onCrash: (error: Error) => void) => Workers;

/** A thread for each: a commit never waits for a read, a read never for a settle. */
export const startWorkers: StartWorkers = (onCrash) => ({
  writer: startWorker<WriterOps>('log-writer', onCrash),
  reader: startWorker<ReaderOps>('log-reader', onCrash),
  lanes: startWorker<LanesOps>('lanes', onCrash),
});
