/** Where telemetry keeps its windows. Two ways to the same store: in this thread (tests, no folder) or in a worker. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { appError, appErrorSchema } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { History } from '#contract/telemetry/history.ts';
import { type HistoryQuery, queryHistory } from './history.ts';
import type { StoreAnswer, StoreMessage } from './store-messages.ts';
import type { KeptWindows, StoredTotals } from './window-rows.ts';
import { openWindowStore, type SubjectKey } from './window-store.ts';

export interface TelemetryStore {
  /** Announces a subject under the number that frames use for it. */
  announce(number: number, key: SubjectKey): void;
  /** Takes a frame over; its memory is gone afterwards. */
  putFrame(frame: Float64Array<ArrayBuffer>): void;
  putTotals(totals: StoredTotals): void;
  totals(): Promise<StoredTotals>;
  history(query: HistoryQuery): Promise<History>;
  /** How long the coarsest windows are kept from now on, ms. */
  keepRollups(rollupMs: number): void;
  kept(): Promise<KeptWindows>;
  /** Deletes stored windows that began before; answers how many there were. */
  purge(beforeMs: number, isDryRun: boolean): Promise<number>;
  close(): Promise<void>;
}

/** Nothing survives the process. */
export function createMemoryStore(): TelemetryStore {
  const store = openWindowStore(':memory:');
  return {
    announce: store.announce,
    putFrame: store.putFrame,
    putTotals: store.putTotals,
    totals: async () => store.totals(),
    history: async (query) => queryHistory(store, query),
    keepRollups: store.keepRollups,
    kept: async () => store.kept(),
    purge: async (beforeMs, isDryRun) => store.purge(beforeMs, isDryRun),
    close: async () => store.close(),
  };
}

export interface WorkerStoreOptions {
  readonly folder: string;
  readonly logger: { warn(details: object, message: string): void };
}

/**
 * `telemetry.db` in `folder`, in a worker thread, so that neither a flush nor a long history stalls
 * events. A damaged file is set aside: charts are not worth refusing to start. DATA_NEWER,
 * DATA_READONLY.
 */
export async function createWorkerStore({ folder, logger }: WorkerStoreOptions): Promise<Result<TelemetryStore>> {
  const worker = new Worker(new URL(`./store.worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: { path: join(folder, 'telemetry.db') },
    // It rolls up one frame a second: it needs no more, and V8 would take up to 48 MB.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  const pending = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let lastId = 0;
  let isGone = false;

  const opened = new Promise<Result<null>>((resolve) => {
    worker.on('message', (answer: StoreAnswer) => {
      if (answer.type === 'opened') {
        if (answer.setAside !== null) logger.warn({ file: answer.setAside }, 'telemetry.db was damaged and set aside; charts start anew');
        resolve(ok(null));
      } else if (answer.type === 'refused') resolve(err(appErrorSchema.parse(answer.error)));
      else if (answer.type === 'failed') logger.warn({ reason: answer.reason }, 'telemetry could not be stored');
      else if (answer.type === 'value') settleOne(answer.id, (waiting) => waiting.resolve(answer.value as never));
      else settleOne(answer.id, (waiting) => waiting.reject(new Error(answer.reason)));
    });
    worker.on('error', (error) => {
      logger.warn({ err: error }, 'the telemetry store stopped; charts keep only what is live');
      resolve(err(appError('DATA_CORRUPT', { file: 'telemetry.db', reason: error.message })));
    });
    worker.on('exit', () => {
      isGone = true;
      for (const waiting of pending.values()) waiting.reject(new Error('the telemetry store stopped'));
      pending.clear();
    });
  });

  function settleOne(id: number, settle: (waiting: { resolve(value: never): void; reject(error: Error): void }) => void): void {
    const waiting = pending.get(id);
    pending.delete(id);
    if (waiting) settle(waiting);
  }

  function send(message: StoreMessage, transfer: readonly ArrayBuffer[] = []): void {
    if (!isGone) worker.postMessage(message, transfer);
  }

  function ask<T>(build: (id: number) => StoreMessage): Promise<T> {
    if (isGone) return Promise.reject(new Error('the telemetry store stopped'));
    return new Promise<T>((resolve, reject) => {
      const id = ++lastId;
      pending.set(id, { resolve, reject });
      send(build(id));
    });
  }

  const result = await opened;
  if (!result.ok) {
    await worker.terminate();
    return result;
  }
  return ok({
    announce: (number, key) => send({ type: 'announce', number, key }),
    putFrame: (frame) => send({ type: 'frame', frame }, [frame.buffer]),
    putTotals: (totals) => send({ type: 'putTotals', totals }),
    totals: () => ask<StoredTotals>((id) => ({ type: 'totals', id })),
    history: (query) => ask<History>((id) => ({ type: 'history', id, query })),
    keepRollups: (rollupMs) => send({ type: 'keepRollups', rollupMs }),
    kept: () => ask<KeptWindows>((id) => ({ type: 'kept', id })),
    purge: (beforeMs, isDryRun) => ask<number>((id) => ({ type: 'purge', id, beforeMs, isDryRun })),
    async close() {
      if (isGone) return;
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      send({ type: 'close' });
      await exited;
    },
  });
}
