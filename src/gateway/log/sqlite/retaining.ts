import type { DeadSlice, Kept, KeptPart, Retaining } from '../retaining.ts';
import type { Lanes } from './lanes.ts';
import type { ReaderOps } from './log-reader.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import type { Truncating } from './truncating.ts';
import type { WorkerClient } from './worker-client.ts';

export interface RetainingDeps {
  readonly segments: SegmentCatalog;
  readonly truncating: Truncating;
  readonly lanes: Pick<Lanes, 'lowestCursor' | 'ordinalOf'>;
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  head(): number;
  /** Epoch ms. */
  now(): number;
}

export function createSqliteRetaining({ segments, truncating, lanes, reader, head, now }: RetainingDeps): Retaining {
  async function partsNow(): Promise<Kept> {
    if (segments.count === 0) return { oldestAt: null, parts: [] };
    const parts: KeptPart[] = [];
    let sealedBytes = 0;
    for (const { firstSeq, lastSeq, bytes } of segments.sealed()) {
      const lastAt = await reader.call('lastAt', { segment: firstSeq });
      parts.push({ events: lastSeq - firstSeq + 1, bytes, lastAt, isPassed: lanes.lowestCursor() >= lastSeq });
      sealedBytes += bytes;
    }
    const open = segments.firsts.at(-1) ?? 1;
    parts.push({ events: head() - open + 1, bytes: segments.bytes - sealedBytes, lastAt: now(), isPassed: false });
    return { oldestAt: await reader.call('firstAt', { segment: segments.firstSeq }), parts };
  }

  return {
    kept: () => truncating.apart(partsNow),
    deadSlice: (destination, afterSeq, beforeMs): Promise<DeadSlice> =>
      reader.call('deadSlice', { ordinal: lanes.ordinalOf(destination), afterSeq, beforeMs }),
  };
}
