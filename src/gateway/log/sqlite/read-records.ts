import type { LogRecord } from '../event-log.ts';
import type { Tail } from '../tail.ts';
import { decodePage } from './decode-page.ts';
import type { Workers } from './workers.ts';

/** The records of seqs in their order, from the tail where it has them. Those that are gone are left out. */
export async function readRecords(
  tail: Tail,
  { reader }: Pick<Workers, 'reader'>,
  seqs: readonly number[],
  head: number,
): Promise<LogRecord[]> {
  const found = new Map<number, LogRecord>();
  const missing: number[] = [];
  for (const seq of seqs) {
    const record = tail.get(seq);
    if (record) found.set(seq, record);
    else missing.push(seq);
  }
  if (missing.length > 0)
    for (const record of decodePage(await reader.call('records', { seqs: missing, head }))) found.set(record.seq, record);
  return seqs.flatMap((seq) => found.get(seq) ?? []);
}
