/** One erasure from one end of the log to the other. */
import { AppFailure, appError } from '#contract/errors.ts';
import { erasedRecord } from '../erased.ts';
import type { Erased } from '../erasing.ts';
import type { PeopleMatch } from '../person-match.ts';
import type { EraserOps } from './eraser.ts';
import type { SqliteErasingDeps } from './erasing.ts';
import { segmentPath, sizeOf } from './segment-file.ts';
import { stepInSegment } from './segment-walk.ts';
import type { WorkerClient } from './worker-client.ts';

type Eraser = WorkerClient<EraserOps>;

/** Throws where something of the people may be left; then all of it is to be run again. */
export async function runErase(deps: SqliteErasingDeps, eraser: Eraser, match: PeopleMatch): Promise<Erased> {
  const { segments, reader } = deps;
  const rescued = await eraseRescued(deps, eraser, match);
  const stored = await eraseStored(deps, eraser, match);
  // The reader keeps the last chunks that it unpacked.
  await reader.call('setSegments', { segments: segments.firsts });
  await leaveNoTrace(deps, eraser);
  await eraser.call('forgetBelow', { firstSeq: segments.firstSeq });
  return { events: rescued + stored };
}

async function eraseRescued({ store }: SqliteErasingDeps, eraser: Eraser, { people }: PeopleMatch): Promise<number> {
  let events = 0;
  for (let afterSeq = 0; ; ) {
    const slice = await eraser.call('findRescued', { afterSeq, belowSeq: Number.MAX_SAFE_INTEGER, people });
    const seqs = slice.events.map(({ seq }) => seq);
    if (seqs.length > 0) await store.call('eraseRescued', { seqs });
    if (seqs.length > 0) await store.call('forgetEdits', { seqs });
    events += slice.events.length;
    if (slice.isOver) return events;
    afterSeq = slice.through;
  }
}

async function eraseStored(deps: SqliteErasingDeps, eraser: Eraser, { people }: PeopleMatch): Promise<number> {
  const head = deps.head();
  let events = 0;
  for (let afterSeq = deps.segments.firstSeq - 1; ; ) {
    const input = { afterSeq, head, people };
    const {
      seqs = [],
      through,
      isOver,
    } = await stepInSegment(deps, afterSeq, head, (segment) => eraser.call('erase', { ...input, segment }));
    forgetInMemory(deps, seqs);
    if (seqs.length > 0) await deps.store.call('forgetEdits', { seqs });
    events += seqs.length;
    if (isOver) return events;
    afterSeq = through;
  }
}

function forgetInMemory({ tail }: SqliteErasingDeps, seqs: readonly number[]): void {
  for (const seq of seqs) {
    const record = tail.get(seq);
    if (record) tail.replace(erasedRecord(record));
  }
}

/** Empties every WAL that holds something: one that a crash left full, too. */
async function leaveNoTrace({ folder, segments, truncating, store }: SqliteErasingDeps, eraser: Eraser): Promise<void> {
  for (const segment of segments.firsts) {
    const isEmpty = await truncating.apart(async () => {
      if (!segments.firsts.includes(segment) || sizeOf(`${segmentPath(folder, segment)}-wal`) === 0) return true;
      return eraser.call('emptyWal', { segment });
    });
    if (!isEmpty) throw new AppFailure(appError('INGEST_STORE_FAILED', { cause: `the WAL of segment ${segment} is in use` }));
  }
  await store.call('leaveNoTrace', null);
}
