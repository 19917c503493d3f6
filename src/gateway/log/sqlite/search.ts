/** Finds events by message id: by the dedupe table where it knows them, else by walking all hashes. */
import type { DedupeTable } from '../dedupe-table.ts';
import type { FoundEvent, LogRecord } from '../event-log.ts';
import { type Hash, hashMessage, sourceSeed } from '../hash.ts';
import type { RouteTable } from '../routes.ts';
import type { Place } from './lanes-reader.ts';
import type { LaneState } from './lanes-store.ts';
import type { ReaderOps } from './log-reader.ts';
import type { WorkerClient } from './worker-client.ts';

interface Searching {
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
  readonly dedupe: DedupeTable;
  readonly head: number;
  /** Sources to look in. */
  readonly sources: readonly string[];
  records(seqs: readonly number[]): Promise<readonly LogRecord[]>;
}

function hashesOf(sources: readonly string[], messageId: string): Hash[] {
  return sources.map((source) => {
    const hash = { low: 0, high: 0 };
    hashMessage(sourceSeed(source), messageId, hash);
    return hash;
  });
}

export async function findRecords(search: Searching, messageId: string): Promise<readonly LogRecord[]> {
  const isIt = (record: LogRecord) => record.messageId === messageId && search.sources.includes(record.source);
  const hashes = hashesOf(search.sources, messageId);
  const remembered = hashes.map((hash) => search.dedupe.get(hash.low, hash.high)).filter((seq) => seq > 0 && seq <= search.head);
  const known = (await search.records(remembered)).filter(isIt);
  if (known.length > 0) return known;
  const found: LogRecord[] = [];
  for (let beforeSeq = search.head + 1; beforeSeq > 0; ) {
    const slice = await search.reader.call('hashMatches', { beforeSeq, hashes });
    if (slice.seqs.length > 0) found.push(...(await search.records(slice.seqs)).filter(isIt));
    beforeSeq = slice.beforeSeq;
  }
  return found.sort((a, b) => a.seq - b.seq);
}

/** The events with this message id, and where each is. */
export async function findEvents(
  search: Searching & { readonly lanes: readonly LaneState[]; readonly routes: RouteTable },
  messageId: string,
): Promise<readonly FoundEvent[]> {
  const { lanes, routes, reader } = search;
  const ordinals = lanes.map((lane) => lane.ordinal);
  return Promise.all(
    (await findRecords(search, messageId)).map(async (record) => {
      const places = await reader.call('places', { seq: record.seq, ordinals });
      return { record, places: placesOf(record, lanes, places, routes) };
    }),
  );
}

/** Where a record is at each lane that was there when it came. */
export function placesOf(
  record: LogRecord,
  lanes: readonly LaneState[],
  places: readonly Place[],
  routes: RouteTable,
): FoundEvent['places'] {
  return lanes.flatMap(({ ordinal, destination, birth, cursor }): FoundEvent['places'][number][] => {
    const place = places.find((candidate) => candidate.ordinal === ordinal);
    const row = place?.row ?? null;
    if (row) return [{ destination, state: row.state, row }];
    if (place?.isGiven) return [{ destination, state: 'settled', row: null }];
    // A replay gives what came before the destination, too.
    if (record.seq <= birth) return [];
    if (place?.isHeld) return [{ destination, state: 'held', row: null }];
    if (!routes.has(record.route, ordinal)) return [{ destination, state: 'filtered', row: null }];
    return [{ destination, state: record.seq > cursor ? 'waiting' : 'settled', row: null }];
  });
}
