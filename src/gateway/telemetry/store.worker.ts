import { renameSync, rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { AppFailure, appError } from '#contract/errors.ts';
import { z } from '#contract/zod.ts';
import { queryHistory } from './history.ts';
import type { StoreAnswer, StoreMessage } from './store-messages.ts';
import { openWindowStore, type WindowStore } from './window-store.ts';

/** SQLite: the image is malformed; the file is not a database. */
const DAMAGED = new Set([11, 26]);
/** SQLite: read-only; cannot open. */
const READ_ONLY = new Set([8, 14]);

const { path } = z.object({ path: z.string() }).parse(workerData);

function answer(message: StoreAnswer): void {
  parentPort?.postMessage(message);
}

function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

function open(): WindowStore | null {
  try {
    const store = openWindowStore(path);
    answer({ type: 'opened', setAside: null });
    return store;
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== null && DAMAGED.has(code)) return openAnew();
    if (error instanceof AppFailure) answer({ type: 'refused', error: error.error });
    else if (code !== null && READ_ONLY.has(code)) answer({ type: 'refused', error: appError('DATA_READONLY', { file: 'telemetry.db' }) });
    else throw error;
    return null;
  }
}

/** Keeps the damaged file for whoever wants to look, in place of an older one. */
function openAnew(): WindowStore {
  const setAside = `${path}.damaged`;
  renameSync(path, setAside);
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  const store = openWindowStore(path);
  answer({ type: 'opened', setAside });
  return store;
}

function handle(store: WindowStore, message: StoreMessage): void {
  switch (message.type) {
    case 'announce':
      return store.announce(message.number, message.key);
    case 'frame':
      return store.putFrame(message.frame);
    case 'putTotals':
      return store.putTotals(message.totals);
    case 'totals':
      return answer({ type: 'value', id: message.id, value: store.totals() });
    case 'keepRollups':
      return store.keepRollups(message.rollupMs);
    case 'kept':
      return answer({ type: 'value', id: message.id, value: store.kept() });
    case 'purge':
      return answer({ type: 'value', id: message.id, value: store.purge(message.beforeMs, message.isDryRun) });
    case 'history':
      return answer({ type: 'value', id: message.id, value: queryHistory(store, message.query) });
    case 'close':
      store.close();
      parentPort?.close();
  }
}

const store = open();
if (store) {
  parentPort?.on('message', (message: StoreMessage) => {
    try {
      handle(store, message);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if ('id' in message) answer({ type: 'error', id: message.id, reason });
      else answer({ type: 'failed', reason });
      if (message.type === 'close') parentPort?.close();
    }
  });
}
