import type { LanePage, LogRecord, ReadLimit } from '../event-log.ts';
import type { RouteTable } from '../routes.ts';
import type { Tail } from '../tail.ts';

/** A lane's page from the shared tail, as `EventLog.readTail`. */
export function tailPage(
  { tail, routes, head }: { readonly tail: Tail; readonly routes: RouteTable; readonly head: number },
  ordinal: number,
  after: number,
  limit: ReadLimit,
): LanePage | 'evicted' {
  if (after >= head) return { records: [], through: after };
  if (after + 1 < tail.first) return 'evicted';
  const records: LogRecord[] = [];
  let bytes = 0;
  let through = after;
  while (through < head && records.length < limit.events && bytes < limit.bytes) {
    const record = tail.get(++through);
    if (!record || !routes.has(record.route, ordinal)) continue;
    records.push(record);
    bytes += record.bytes;
  }
  return { records, through };
}
