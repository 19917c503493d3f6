/**
 * People in the log, seen from the main thread: drives the eraser's worker segment by segment, and takes what is erased
 * out of memory.
 */
import type { Erasing, PersonalEvent, PersonalPage } from '../erasing.ts';
import type { PeopleMatch } from '../person-match.ts';
import type { Tail } from '../tail.ts';
import { runErase } from './erase-run.ts';
import type { EraserOps, FoundSlice } from './eraser.ts';
import { createEraserWorker, type EraserWorkerDeps } from './eraser-worker.ts';
import type { Lanes } from './lanes.ts';
import type { LanesOps } from './lanes-store.ts';
import type { ReaderOps } from './log-reader.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import { stepInSegment } from './segment-walk.ts';
import type { Truncating } from './truncating.ts';
import type { WorkerClient } from './worker-client.ts';

const pageMs = 1000;
const pageBytes = 1024 * 1024;
const maxObligationSeqs = 10_000;

export interface SqliteErasingDeps extends EraserWorkerDeps {
  readonly segments: SegmentCatalog;
  readonly truncating: Truncating;
  readonly tail: Tail;
  readonly lanes: Pick<Lanes, 'ordinalOf'>;
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  readonly store: Pick<WorkerClient<LanesOps>, 'call'>;
  head(): number;
  whenAppended(): Promise<void>;
}

export interface SqliteErasing extends Erasing {
  /** Ends the worker once what is under way has ended. */
  close(): Promise<void>;
  /** Ends the worker at once. */
  stop(): Promise<void>;
}

export function createSqliteErasing(deps: SqliteErasingDeps): SqliteErasing {
  const worker = createEraserWorker(deps);
  return {
    whenAppended: deps.whenAppended,
    personalEvents: (match, afterSeq) => worker.use(match.key, (eraser) => findPage(deps, eraser, match, afterSeq)),
    erase: (match) => worker.use(match.key, (eraser) => runErase(deps, eraser, match)),
    async obligations(destination, seqs) {
      if (seqs.length > maxObligationSeqs) throw new RangeError(`${seqs.length} seqs at once`);
      return deps.reader.call('obligations', { ordinal: deps.lanes.ordinalOf(destination), seqs });
    },
    close: worker.close,
    stop: worker.stop,
  };
}

async function findPage(
  deps: SqliteErasingDeps,
  eraser: WorkerClient<EraserOps>,
  match: PeopleMatch,
  afterSeq: number,
): Promise<PersonalPage> {
  const end = performance.now() + pageMs;
  const events: PersonalEvent[] = [];
  let bytes = 0;
  for (let through = afterSeq; ; ) {
    const { events: found = [], ...step } = await find(deps, eraser, match, through);
    events.push(...found);
    bytes += found.reduce((sum, { json }) => sum + json.length, 0);
    through = step.through;
    if (step.isOver || bytes >= pageBytes || performance.now() > end) return { events, ...step };
  }
}

/** The next slice: rescued events first, whose segments were before all others. */
async function find(
  deps: SqliteErasingDeps,
  eraser: WorkerClient<EraserOps>,
  { people }: PeopleMatch,
  afterSeq: number,
): Promise<Partial<FoundSlice> & Pick<FoundSlice, 'through' | 'isOver'>> {
  const first = deps.segments.firstSeq;
  if (afterSeq + 1 < first) {
    const slice = await eraser.call('findRescued', { afterSeq, belowSeq: first, people });
    return slice.isOver ? { ...slice, through: first - 1, isOver: false } : slice;
  }
  const head = deps.head();
  return stepInSegment(deps, afterSeq, head, (segment) => eraser.call('find', { segment, afterSeq, head, people }));
}
