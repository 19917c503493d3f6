/** Dead letters and replays, seen from the main thread. */
import type { LogRecord, SideRow } from '../event-log.ts';
import { type DeadCount, type DeadFound, type DeadSearch, type Exception, exceptions, type Life, type Replaying } from '../replaying.ts';
import type { SideStep } from '../side-steps.ts';
import type { Lanes } from './lanes.ts';
import type { ReaderOps } from './log-reader.ts';
import { outcomeMarks } from './marks.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import type { WorkerClient } from './worker-client.ts';

export interface SqliteReplayingDeps {
  readonly lanes: Pick<Lanes, 'ordinalOf' | 'stateOf' | 'passed' | 'step'>;
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  readonly segments: Pick<SegmentCatalog, 'firstSeq'>;
  records(seqs: readonly number[]): Promise<readonly LogRecord[]>;
}

export function createSqliteReplaying(deps: SqliteReplayingDeps): Replaying {
  const { lanes, reader, segments } = deps;
  const step = (destination: string, epoch: number, what: SideStep) => lanes.step(destination, epoch, what, segments.firstSeq);

  return {
    searchDead: (search) => searchDead(deps, search),
    countDead: (destination, filter) => countDead(deps, lanes.ordinalOf(destination), filter),
    async countRange(destination, after, through) {
      const ordinal = lanes.ordinalOf(destination);
      const from = Math.max(after, segments.firstSeq - 1);
      const { count } = await lanes.passed(ordinal, from, Math.max(from, through));
      return { routed: count, ...(await reader.call('sidesInRange', { ordinal, after, through })) };
    },
    async life(destination, seq): Promise<Life> {
      const { marks, replays, child, markedAbove } = await reader.call('life', { ordinal: lanes.ordinalOf(destination), seq });
      const exception = exceptions.find((state: Exception) => marks.includes(outcomeMarks[state]));
      return { outcome: exception ?? (seq > markedAbove || replays.length > 0 ? 'delivered' : null), replays, child };
    },
    replays: (destination) => lanes.stateOf(destination).replays,
    async openReplay(destination, epoch, id) {
      return replayIn(await step(destination, epoch, { do: 'open', id }));
    },
    async give(destination, epoch, give) {
      const done = await step(destination, epoch, { do: 'give', ...give });
      return { replay: replayIn(done), retried: done.retried, minted: done.minted, skipped: done.skipped };
    },
    discardDead: async (destination, epoch, seqs, as) => (await step(destination, epoch, { do: 'discard', seqs, as })).count,
    beginEdit: async (destination, epoch, seq, child) => (await step(destination, epoch, { do: 'claim', seq, child })).count > 0,
    endEdit: async (destination, epoch, child, isAppended) =>
      (await step(destination, epoch, { do: 'release', child, isAppended })).count > 0,
    openEdits: (destination) => reader.call('openEdits', { ordinal: lanes.ordinalOf(destination) }),
  };
}

function replayIn<T>({ replay }: { readonly replay: T | null }): T {
  if (replay === null) throw new Error('the step has no replay');
  return replay;
}

async function searchDead({ lanes, reader, records }: SqliteReplayingDeps, search: DeadSearch): Promise<DeadFound> {
  const { destination, ...input } = search;
  const found = await reader.call('searchDead', { ...input, ordinal: lanes.ordinalOf(destination) });
  const { name } = search.filter;
  const unnamed = name === undefined ? [] : found.rows.filter((row) => row.name === undefined);
  if (unnamed.length === 0) return found;
  // What died before names were kept is asked itself.
  const names = new Map((await records(unnamed.map(({ seq }) => seq))).map((record) => [record.seq, record.event.name]));
  return { ...found, rows: found.rows.filter((row: SideRow) => (row.name ?? names.get(row.seq)) === name) };
}

async function countDead(
  { reader }: SqliteReplayingDeps,
  ordinal: number,
  filter: Parameters<Replaying['countDead']>[1],
): Promise<DeadCount> {
  const classes = new Map<string, number>();
  const names = new Map<string, number>();
  let count = 0;
  for (let from = 0; ; ) {
    const slice = await reader.call('countDead', { ordinal, filter, from });
    for (const group of slice.groups) {
      count += group.rows;
      classes.set(group.class, (classes.get(group.class) ?? 0) + group.rows);
      names.set(group.name, (names.get(group.name) ?? 0) + group.rows);
    }
    if (slice.isOver) return { count, classes, names };
    from = slice.through;
  }
}
