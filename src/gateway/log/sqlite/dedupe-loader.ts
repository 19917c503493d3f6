/** Loads the dedupe table after a start, newest ids first, in slices between which lanes are served. */
import type { DedupeTable } from '../dedupe-table.ts';
import type { DedupeWindow } from '../dedupe-window.ts';
import type { ReaderOps } from './log-reader.ts';
import type { WorkerClient } from './worker-client.ts';

const sliceEvents = 8192;

interface Loading {
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  readonly dedupe: DedupeTable;
  readonly window: DedupeWindow;
  readonly head: number;
  /** Epoch ms; what was committed before is not remembered. */
  readonly minAt: number;
  readonly maxEntries: number;
}

function insert(dedupe: DedupeTable, slots: ArrayBuffer): number {
  const words = new Uint32Array(slots);
  for (let at = 0; at < words.length; at += 4) {
    const low = words[at] as number;
    const high = words[at + 1] as number;
    // The newest wins, as it did when they came one after another.
    if (dedupe.get(low, high) === 0) dedupe.set(low, high, (words[at + 3] as number) * 4_294_967_296 + (words[at + 2] as number));
  }
  return words.length / 4;
}

/** Resolves when every id inside the window is in the table. Throws AppFailure where the log cannot be read. */
export async function loadDedupe({ reader, dedupe, window, head, minAt, maxEntries }: Loading): Promise<void> {
  let loaded = 0;
  for (let beforeSeq = head + 1; beforeSeq > 0 && loaded < maxEntries; ) {
    const slice = await reader.call('dedupeSlice', { beforeSeq, minAt, maxEvents: sliceEvents });
    loaded += insert(dedupe, slice.slots);
    window.noteOlder(slice.marks);
    beforeSeq = slice.beforeSeq;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
