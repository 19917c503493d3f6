import type { EventLog } from '#gateway/log/event-log.ts';

/**
 * The last seq that was received before a time, epoch ms; 0 where all came later. Seqs are given as events are received,
 * so the log is searched by halves. What is gone counts as older.
 */
export async function seqBefore(log: Pick<EventLog, 'readSeqs' | 'head'>, destination: string, atMs: number): Promise<number> {
  let low = 0;
  let high = log.head();
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [record] = await log.readSeqs(destination, [middle]);
    if (record === undefined || record.receivedAt < atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
