/**
 * Recounts a lane's rows and bits. A lane with few is recounted by the reader, every time. One with a
 * million dead letters would keep the other lanes' reads waiting for most of a second: it is recounted by
 * a worker of its own, when its rows have changed, and then once a minute at most; in between
 * its running sums stand for its rows.
 */
import type { Tally } from '../event-log.ts';
import { emptyTally, sameTally } from '../tally.ts';
import type { LaneView, Recount } from './lanes-reader.ts';
import type { ReaderOps } from './log-reader.ts';
import type { WorkerClient } from './worker-client.ts';

const maxRowsForReader = 50_000;
const auditEveryMs = 60_000;

export interface AuditorDeps {
  readonly folder: string;
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  startReader(): WorkerClient<ReaderOps>;
  /** Monotonic ms. */
  monotonic(): number;
  /** Rows above which a lane is recounted in a worker of its own. */
  readonly maxRowsForReader?: number;
}

export interface Auditor {
  /** A view of the lane, and its rows and bits as counted. */
  recount(ordinal: number): Promise<Recount>;
}

interface Audit {
  readonly at: number;
  readonly recount: Recount;
}

const lines = ['held', 'retrying', 'dead'] as const;
const sumOf = (view: LaneView, line: (typeof lines)[number]): Tally => view.sums[line] ?? emptyTally;

function hasSameRows(a: LaneView, b: LaneView): boolean {
  return lines.every((line) => sameTally(sumOf(a, line), sumOf(b, line)));
}

export function createAuditor({ folder, reader, startReader, monotonic, ...options }: AuditorDeps): Auditor {
  const limit = options.maxRowsForReader ?? maxRowsForReader;
  const audits = new Map<number, Audit>();
  let turn: Promise<unknown> = Promise.resolve();

  async function recountApart(ordinal: number): Promise<Recount> {
    const worker = startReader();
    try {
      await worker.call('open', { folder, segments: [] });
      const recount = await worker.call('recount', { ordinal });
      await worker.call('close', null);
      // What does not agree is looked at again the next time.
      if (lines.every((line) => sameTally(recount[line], sumOf(recount, line)))) audits.set(ordinal, { at: monotonic(), recount });
      return recount;
    } finally {
      await worker.stop();
    }
  }

  return {
    async recount(ordinal) {
      const view = await reader.call('laneView', { ordinal });
      if (lines.reduce((count, line) => count + sumOf(view, line).count, 0) <= limit) return reader.call('recount', { ordinal });
      const last = audits.get(ordinal);
      if (!last || (!hasSameRows(last.recount, view) && monotonic() - last.at >= auditEveryMs)) {
        const recount = turn.then(() => recountApart(ordinal));
        turn = recount.catch(() => {});
        return recount;
      }
      const { highest, overlap } = last.recount;
      return { ...view, held: sumOf(view, 'held'), retrying: sumOf(view, 'retrying'), dead: sumOf(view, 'dead'), highest, overlap };
    },
  };
}
