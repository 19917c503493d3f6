/** The events that a replay looks at, in seq order, page by page: a million of them never lie in memory. */
import type { LetterFilter, ReplaySelection } from '#contract/documents/replay.ts';
import type { EventLog, LogRecord } from '#gateway/log/event-log.ts';

export interface CandidatePage {
  /** Above the seq asked for, ascending, each once. */
  readonly seqs: readonly number[];
  /** Everything up to here was looked at. */
  readonly through: number;
  /** Nothing comes after. */
  readonly isOver: boolean;
}

export interface Candidates {
  /** Whether what is settled or was filtered is given too, or dead letters only. */
  readonly mints: boolean;
  /** The next page after a seq, of about `limit` events; may be empty and not the last. */
  after(seq: number, limit: number): Promise<CandidatePage>;
}

export interface CandidateDeps {
  readonly log: Pick<EventLog, 'readDisk' | 'readSeqs' | 'replaying'>;
  readonly destination: string;
  /** Whether today's documents send an event here. */
  wants(record: LogRecord): boolean;
}

const pageBytes = 4 * 1024 * 1024;

/** @param startedAt epoch ms: a letter that died later is not meant, or one that dies again would be replayed for ever */
export function createCandidates(deps: CandidateDeps, selection: ReplaySelection, startedAt: number): Candidates {
  switch (selection.type) {
    case 'events':
      return { mints: true, after: async (seq, limit) => chosen(selection.seqs, seq, limit) };
    case 'deadLetters':
      return { mints: false, after: (seq, limit) => letters(deps, selection.filter, startedAt, seq, limit) };
    case 'range':
      return { mints: true, after: (seq, limit) => stretch(deps, selection, seq, limit) };
  }
}

function chosen(seqs: readonly number[], after: number, limit: number): CandidatePage {
  const left = [...new Set(seqs)].sort((a, b) => a - b).filter((seq) => seq > after);
  const page = left.slice(0, limit);
  return { seqs: page, through: page.at(-1) ?? after, isOver: page.length === left.length };
}

/** The letters that had died when the replay began. */
export function fixedFilter(filter: LetterFilter, startedAt: number): LetterFilter {
  return { ...filter, toMs: Math.min(filter.toMs ?? Number.POSITIVE_INFINITY, startedAt) };
}

async function letters(
  { log, destination }: CandidateDeps,
  filter: LetterFilter,
  startedAt: number,
  from: number,
  limit: number,
): Promise<CandidatePage> {
  const found = await log.replaying.searchDead({ destination, filter: fixedFilter(filter, startedAt), order: 'oldest', from, limit });
  return { seqs: [...new Set(found.rows.map(({ seq }) => seq))], through: found.through, isOver: found.isOver };
}

type Range = Extract<ReplaySelection, { readonly type: 'range' }>;

async function stretch(deps: CandidateDeps, range: Range, after: number, limit: number): Promise<CandidatePage> {
  const from = Math.max(after, range.fromSeq - 1);
  if (from >= range.throughSeq) return { seqs: [], through: Math.max(after, range.throughSeq), isOver: true };
  const page = await (range.includeFiltered ? allOf(deps, range, from, limit) : routedOf(deps, range, from, limit));
  const isMeant = ({ source, event }: LogRecord) =>
    (range.source === undefined || source === range.source) && (range.event === undefined || event.name === range.event);
  const isPlain = range.source === undefined && range.event === undefined;
  const records = isPlain ? page.records : page.records.filter(isMeant);
  return { seqs: records.map(({ seq }) => seq), through: page.through, isOver: page.through >= range.throughSeq };
}

interface Stretch {
  readonly records: readonly LogRecord[];
  readonly through: number;
}

async function routedOf({ log, destination }: CandidateDeps, range: Range, from: number, limit: number): Promise<Stretch> {
  const page = await log.readDisk(destination, from, { events: limit, bytes: pageBytes });
  // At the head there is nothing more to come that was meant.
  const through = page.through <= from ? range.throughSeq : Math.min(page.through, range.throughSeq);
  return { records: page.records.filter(({ seq }) => seq <= through), through };
}

/** What went here, and what today's filters would send here. */
async function allOf(deps: CandidateDeps, range: Range, from: number, limit: number): Promise<Stretch> {
  const through = Math.min(from + limit, range.throughSeq);
  const seqs = Array.from({ length: through - from }, (_, index) => from + 1 + index);
  const routed = new Set<number>();
  for (let after = from; after < through; ) {
    const page = await deps.log.readDisk(deps.destination, after, { events: through - after, bytes: pageBytes });
    for (const { seq } of page.records) routed.add(seq);
    if (page.through <= after) break;
    after = page.through;
  }
  const records = await deps.log.readSeqs(deps.destination, seqs);
  return { records: records.filter((record) => routed.has(record.seq) || deps.wants(record)), through };
}
