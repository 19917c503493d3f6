/** Finding and showing dead letters. */
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { Letter } from '#contract/operations/replay.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import { isErased } from '#gateway/log/erased.ts';
import type { EventLog, LogRecord, SideRow } from '#gateway/log/event-log.ts';
import type { DeadCount } from '#gateway/log/replaying.ts';
import { maskEvent } from '#gateway/pipeline/mask-event.ts';
import { postedJson } from './edit-event.ts';

type SearchInput = ParsedInputOf<Operations['deadLetter.search']>;
type SearchOutput = OutputOf<Operations['deadLetter.search']>;

const mostFacets = 200;

export function letterOf(row: SideRow, record: LogRecord | undefined): Letter {
  const known = record !== undefined && !isErased(record) ? record : undefined;
  return {
    seq: row.seq,
    gen: row.gen,
    at: row.dueAt,
    attempts: row.attempt,
    class: row.class,
    detail: row.detail,
    messageId: known?.messageId ?? '',
    source: record?.source ?? '',
    type: record?.event.type ?? '',
    name: row.name ?? known?.event.name ?? '',
    receivedAt: record?.receivedAt ?? 0,
    bytes: record?.bytes ?? 0,
  };
}

async function shown(log: EventLog, destination: string, rows: readonly SideRow[]): Promise<Letter[]> {
  const seqs = [...new Set(rows.map(({ seq }) => seq))];
  const records = new Map((await log.readSeqs(destination, seqs)).map((record) => [record.seq, record]));
  return rows.map((row) => letterOf(row, records.get(row.seq)));
}

const most = (counts: ReadonlyMap<string, number>) => [...counts].sort((a, b) => b[1] - a[1]).slice(0, mostFacets);

function facetsOf({ count, classes, names }: DeadCount): NonNullable<SearchOutput['facets']> {
  return {
    total: count,
    classes: most(classes).map(([why, events]) => ({ class: why, events })),
    names: most(names).map(([name, events]) => ({ name, events })),
  };
}

/** @param dead how many dead letters the destination has */
export async function searchLetters(log: EventLog, input: SearchInput, dead: number): Promise<SearchOutput> {
  const { destination, filter, messageId, beforeSeq, limit } = input;
  const facets = input.facets ? facetsOf(await log.replaying.countDead(destination, filter)) : null;
  if (messageId !== undefined) {
    const rows = await rowsOf(log, destination, messageId);
    return { dead, facets, letters: await shown(log, destination, rows), next: null };
  }
  const rows: SideRow[] = [];
  for (let from = beforeSeq ?? Number.MAX_SAFE_INTEGER; ; ) {
    const found = await log.replaying.searchDead({ destination, filter, order: 'newest', from, limit: limit - rows.length });
    rows.push(...found.rows);
    if (found.isOver) return { dead, facets, letters: await shown(log, destination, rows), next: null };
    if (rows.length >= limit) return { dead, facets, letters: await shown(log, destination, rows), next: found.through };
    from = found.through;
  }
}

async function rowsOf(log: EventLog, destination: string, messageId: string): Promise<readonly SideRow[]> {
  const found = await log.find(messageId);
  return found.flatMap(({ places }) =>
    places.flatMap((place) => (place.destination === destination && place.row?.state === 'dead' ? [place.row] : [])),
  );
}

export interface OpenLetter {
  readonly row: SideRow;
  /** Undefined where the body is gone. */
  readonly record: LogRecord | undefined;
}

/** DEAD_LETTER_NOT_FOUND. */
export async function findLetter(log: EventLog, destination: string, seq: number): Promise<Result<OpenLetter>> {
  const { rows } = await log.obligations(destination, [seq]);
  const row = rows.find(({ state }) => state === 'dead');
  if (!row) return err(appError('DEAD_LETTER_NOT_FOUND', { destination, seq }));
  const [record] = await log.readSeqs(destination, [seq]);
  return ok({ row, record: record === undefined || isErased(record) ? undefined : record });
}

export async function inspectLetter(log: EventLog, lane: Lane, seq: number): Promise<Result<OutputOf<Operations['deadLetter.inspect']>>> {
  const { id, connector } = lane.spec;
  const found = await findLetter(log, id, seq);
  if (!found.ok) return found;
  const { row, record } = found.value;
  const { replays } = await log.replaying.life(id, seq);
  return ok({
    letter: letterOf(row, record),
    masked: record === undefined ? null : maskEvent(postedJson(record.event, record.event, record.messageId)),
    provenance: record?.event.provenance ?? null,
    dedupeKey: record === undefined ? null : connector.dedupeKey(record.event),
    dedupe: connector.dedupe,
    dedupeNote: connector.dedupeNote,
    replays: replays.map((replay) => ({ replay: replay.id, gen: replay.gen })),
  });
}
