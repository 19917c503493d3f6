import type { LateBucket } from '#contract/telemetry/ingest.ts';
import type { AppendEvent, Appended, AppendRequest } from '#gateway/log/event-log.ts';
import { lateCountsOf } from './limits/lateness.ts';
import type { IngestSource } from './source-index.ts';

/** The events of a request that were not there before. A duplicate has the seq of the first, which is lower, or has been seen in the same request. */
function freshOf({ events }: AppendRequest, { seqs, accepted, duplicate }: Appended): readonly AppendEvent[] {
  if (duplicate === 0) return events;
  const firsts = new Map<number, AppendEvent>();
  seqs.forEach((seq, index) => {
    const event = events[index];
    if (event && !firsts.has(seq)) firsts.set(seq, event);
  });
  const newest = [...firsts].sort(([a], [b]) => b - a).slice(0, accepted);
  return newest.map(([, event]) => event);
}

/** Counts accepted events by when they happened. Returns how many were late; null where none was. */
export function noteArrived(source: IngestSource, request: AppendRequest, appended: Appended): Partial<Record<LateBucket, number>> | null {
  if (appended.accepted === 0) return null;
  const fresh = freshOf(request, appended);
  const hours = source.account?.source.hours;
  if (hours) for (const { event } of fresh) hours.add(event);
  return lateCountsOf(fresh);
}
