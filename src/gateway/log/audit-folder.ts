/**
 * Counts the ledgers of a log that nobody has open: of a backup's copy, or of a folder that was just restored. In the
 * thread of the caller, without loading what only ingest needs.
 */
import { createAcceptedTotals } from './accepted.ts';
import type { LedgerView } from './event-log.ts';
import { addPassed, type Passed } from './recent-facts.ts';
import { createRouteTable } from './routes.ts';
import { ledgerOf } from './sqlite/check-ledger.ts';
import { createLanesOps, type LaneState } from './sqlite/lanes-store.ts';
import { createReaderOps, type ReaderOps } from './sqlite/log-reader.ts';
import { createLogWriter } from './sqlite/log-writer.ts';

export interface FolderAudit {
  readonly head: number;
  readonly incarnation: string;
  readonly ledgers: readonly LedgerView[];
}

const nothingToWrite = { snapshot: null, seq: 0 };

/**
 * Opens (and where they are of a former version, migrates) the files in a folder. `incarnation`: the one that they must
 * belong to, where it is known. Throws StoreFailure DATA_CORRUPT, DATA_NEWER, DATA_MIXED, DATA_MIGRATION_FAILED, and what
 * SQLite throws.
 */
export function auditLogFolder(folder: string, incarnation: string | null = null): FolderAudit {
  const [writer, lanes, reader] = [createLogWriter(), createLanesOps(), createReaderOps()];
  try {
    const log = writer.open({ folder });
    const { lanes: states, incarnation: found } = lanes.open({ folder, incarnation });
    reader.open({ folder, segments: log.segments.map(({ firstSeq }) => firstSeq) });
    const routes = createRouteTable();
    for (const { id, ordinals } of log.routes) routes.restore(id, ordinals);
    const totals = createAcceptedTotals();
    totals.add(log.totals);
    const ledgers = states.map((lane) => {
      const recount = reader.recount({ ordinal: lane.ordinal });
      const head = lane.closedAt ?? log.head;
      const routed = totals.routedTo(routes, lane.ordinal);
      const accepted = lane.closedAt === null ? routed : (recount.sums.passed ?? routed);
      const waiting = passedOf(reader, lane, head);
      return ledgerOf({ destination: lane.destination, birth: lane.birth, head, accepted, waiting, recount });
    });
    return { head: log.head, incarnation: found, ledgers };
  } finally {
    reader.close(null);
    lanes.close(null);
    writer.close(nothingToWrite);
  }
}

function passedOf(reader: ReaderOps, { ordinal, cursor }: LaneState, through: number): Passed {
  let sum: Passed = { count: 0, bytes: 0, hi: 0, lo: 0 };
  for (let from = cursor; from < through; ) {
    const slice = reader.passed({ ordinal, after: from, through });
    sum = addPassed(sum, slice);
    if (slice.through <= from) throw new Error(`seqs after ${from} cannot be counted`);
    from = slice.through;
  }
  return sum;
}
