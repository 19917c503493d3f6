/** Takes the view that a backup copies: lanes first, so that no cursor of the copy stands above its head. */
import { basename } from 'node:path';
import { AppFailure, appError } from '#contract/errors.ts';
import type { LiveFile, LogView } from '../backing-up.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { Lanes } from './lanes.ts';
import { lanesPath } from './lanes-file.ts';
import { lanesFileName } from './lanes-schema.ts';
import type { WriterOps } from './log-writer.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import { segmentPath } from './segment-file.ts';
import type { Truncating } from './truncating.ts';
import type { WorkerClient } from './worker-client.ts';

export interface BackupViewDeps {
  readonly folder: string;
  readonly incarnation: string;
  readonly segments: SegmentCatalog;
  readonly guard: DiskGuard;
  readonly lanes: Lanes;
  readonly writer: Pick<WorkerClient<WriterOps>, 'call'>;
  readonly truncating: Truncating;
}

export async function takeView(deps: BackupViewDeps, copyLive: (files: readonly LiveFile[]) => Promise<void>): Promise<LogView> {
  const { folder, incarnation, segments, lanes, truncating } = deps;
  const release = await truncating.hold();
  try {
    const { firstSeq } = segments;
    const head = await lanes.still(async () => {
      await copyLive([{ name: lanesFileName, path: lanesPath(folder) }]);
      return seal(deps);
    });
    if (segments.firstSeq !== firstSeq) throw new AppFailure(appError('BACKUP_FAILED', { cause: 'old events were removed to make room' }));
    const sealed = segments.firsts
      .filter((first) => first <= head)
      .map((first) => {
        const path = segmentPath(folder, first);
        return { name: `log/${basename(path)}`, path, firstSeq: first };
      });
    return { head, incarnation, sealed, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Closes the open segment; the next commit starts another. Returns its last seq. */
async function seal({ segments, guard, writer }: BackupViewDeps): Promise<number> {
  // Asked for in the turn in which it is noted: a commit that is built from now on knows that it must start one.
  segments.close();
  const { firstSeq, bytes, head } = await writer.call('seal', null);
  segments.closed(firstSeq, bytes);
  guard.setSegments(segments.bytes);
  return head;
}
