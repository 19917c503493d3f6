import type { EraserOps } from './eraser.ts';
import type { LanesOps } from './lanes-store.ts';
import type { ReaderOps } from './log-reader.ts';
import type { WriterOps } from './log-writer.ts';
import { startWorker, type WorkerClient } from './worker-client.ts';

export interface Workers {
  readonly writer: WorkerClient<WriterOps>;
  readonly reader: WorkerClient<ReaderOps>;
  readonly lanes: WorkerClient<LanesOps>;
}

type OnCrash = (error: Error) => void;

/** How each kind of worker is started. The eraser's is started when somebody asks about a person. */
export type WorkerStarter = { readonly [K in keyof Workers]: (onCrash: OnCrash) => Workers[K] } & {
  readonly eraser: (onCrash: OnCrash) => WorkerClient<EraserOps>;
};

/** A thread for each: a commit never waits for a read, a read never for a settle. */
export const threads: WorkerStarter = {
  writer: (onCrash) => startWorker<WriterOps>('log-writer', onCrash),
  reader: (onCrash) => startWorker<ReaderOps>('log-reader', onCrash),
  lanes: (onCrash) => startWorker<LanesOps>('lanes', onCrash),
  eraser: (onCrash) => startWorker<EraserOps>('eraser', onCrash),
};

export function startAll(starter: WorkerStarter, onCrash: OnCrash): Workers {
  return { writer: starter.writer(onCrash), reader: starter.reader(onCrash), lanes: starter.lanes(onCrash) };
}
