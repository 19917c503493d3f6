/**
 * Unlinks segments from the oldest on: those that every living lane has passed and that are old enough. What side
 * rows and held bits still refer to is copied into `lanes.db`, and that is synced, before a file goes.
 */
import { stat } from 'node:fs/promises';
import type { DiskGuard } from './disk-guard.ts';
import type { LanesOps } from './lanes-store.ts';
import type { ReaderOps } from './log-reader.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import { segmentPath } from './segment-file.ts';
import { removalOf } from './segment-removal.ts';
import type { WorkerClient } from './worker-client.ts';

export interface TruncationDeps {
  readonly folder: string;
  readonly segments: SegmentCatalog;
  readonly guard: DiskGuard;
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  readonly lanes: Pick<WorkerClient<LanesOps>, 'call'>;
  now(): number;
  /** Highest seq that every living lane has passed. */
  lowestCursor(): number;
}

async function unlink(folder: string, firstSeq: number): Promise<number> {
  const path = segmentPath(folder, firstSeq);
  const { size } = await stat(path);
  for (const step of removalOf(path)) await step();
  return size;
}

/** Returns bytes freed. `keepMs`: events younger than this stay. `keepBytes`: nothing goes while the log takes no more than this. */
export async function truncate(deps: TruncationDeps, keepMs: number, keepBytes = 0): Promise<number> {
  const { folder, segments, guard, reader, lanes } = deps;
  let freed = 0;
  for (const { firstSeq, lastSeq } of segments.sealed()) {
    if (segments.bytes <= keepBytes || deps.lowestCursor() < lastSeq) break;
    const lastAt = await reader.call('lastAt', { segment: firstSeq });
    if (lastAt > deps.now() - keepMs) break;
    const { bytes } = await lanes.call('rescue', { firstSeq, lastSeq });
    guard.setLanes(bytes);
    segments.remove(firstSeq);
    await reader.call('setSegments', { segments: segments.firsts });
    freed += await unlink(folder, firstSeq);
    guard.setSegments(segments.bytes);
  }
  return freed;
}
