/**
 * What opening the lanes after a restore will send again. A backup knows what was open when it was made. What became of
 * that since, only the old disk knows; without it, everything that was open may have arrived already.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Destination } from '#contract/documents/destination.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { heldIn, openLanes } from '#gateway/log/sqlite/lanes-file.ts';
import { createReaderOps, type ReaderOps } from '#gateway/log/sqlite/log-reader.ts';
import { blobOf, listSegments, openForReading, segmentPath } from '#gateway/log/sqlite/segment-file.ts';
import type { OldLanes } from './old-disk.ts';
import { type ReplayUnderWay, replayedAgain } from './replays-under-way.ts';

/** Of one destination. */
export interface DuplicatePreview {
  readonly destination: string;
  readonly connector: string;
  readonly dedupe: 'event' | 'request' | 'none';
  /** How long after the first the vendor recognises a resend, ms; null where no limit is known. */
  readonly dedupeWindowMs: number | null;
  /** Waiting, retrying and held in the backup, and what its replays still give: what opening the lane sends. */
  readonly open: number;
  /** Of those, how many the vendor may have got since the backup. */
  readonly repeated: number;
  /** Whether the old disk said so. Where it could not, every open event counts as repeated. */
  readonly isKnown: boolean;
  /** Of the repeated: the vendor will recognise them. */
  readonly recognised: number;
  /** Of the repeated: they count twice there. */
  readonly doubled: number;
  /** Of the open: older than the vendor takes. */
  readonly tooOld: number;
}

export interface PreviewParts {
  /** The restored folder, which nobody has open. */
  readonly folder: string;
  readonly head: number;
  /** Null where there are none to compare with. */
  readonly old: OldLanes | null;
  readonly destinations: ReadonlyMap<string, Destination>;
  /** Those that go on. */
  readonly replays: readonly ReplayUnderWay[];
  readonly connectors: ConnectorRegistry;
  /** Epoch ms. */
  readonly now: number;
}

interface Lane {
  readonly ordinal: number;
  readonly destination: string;
  readonly cursor: number;
}

export function previewDuplicates(parts: PreviewParts): readonly DuplicatePreview[] {
  const { folder } = parts;
  const lanes = openLanes(folder);
  const reader = createReaderOps();
  reader.open({ folder, segments: listSegments(folder).map(({ firstSeq }) => firstSeq) });
  try {
    return lanesIn(lanes).flatMap((lane) => {
      const destination = parts.destinations.get(lane.destination);
      return destination ? [previewLane(parts, lanes, reader, lane, destination)] : [];
    });
  } finally {
    reader.close(null);
    lanes.close();
  }
}

function lanesIn(db: DatabaseSync): readonly Lane[] {
  const rows = db.prepare('SELECT ordinal, destination, cursor FROM lane WHERE closed_at IS NULL ORDER BY ordinal').all();
  return rows.map((row) => ({ ordinal: Number(row.ordinal), destination: String(row.destination), cursor: Number(row.cursor) }));
}

function previewLane(parts: PreviewParts, lanes: DatabaseSync, reader: ReaderOps, lane: Lane, destination: Destination): DuplicatePreview {
  const { folder, head, old, now } = parts;
  const connector = parts.connectors.get(destination.connector);
  const { dedupe = 'none', dedupeWindowMs, freshnessMs = null } = connector ?? {};
  const books: Books = { reader, lane, head, pending: pendingIn(lanes, lane.ordinal) };
  const later = old ? laterOf(old, lane) : null;
  const below = (ageMs: number | null | undefined) => (ageMs == null ? 0 : firstSeqSince(folder, now - ageMs, head) - 1);
  const repeatedTo = (seq: number) => (later ? settledSince(books, later, seq) : openTo(books, seq));
  const mine = parts.replays.filter((replay) => replay.destination === lane.destination);
  const replayed = replayedAgain(lanes, later && old ? old.database : null, lane.ordinal, mine);
  const repeated = repeatedTo(head) + replayed.repeated;
  // What a replay gave since the backup was sent lately.
  const recognised = dedupe === 'none' ? 0 : repeated - repeatedTo(below(dedupeWindowMs));
  return {
    destination: lane.destination,
    connector: destination.connector,
    dedupe,
    dedupeWindowMs: dedupeWindowMs ?? null,
    open: openTo(books, head) + replayed.left,
    repeated,
    isKnown: later !== null,
    recognised,
    doubled: repeated - recognised,
    tooOld: openTo(books, below(freshnessMs)),
  };
}

interface Books {
  readonly reader: ReaderOps;
  readonly lane: Lane;
  readonly head: number;
  /** Retrying or held, below the cursor: `seq/gen`. */
  readonly pending: ReadonlyMap<string, number>;
}

/** The same lane as the old disk has it: where it stands, and what it has still not ended below that. */
interface Later {
  readonly cursor: number;
  readonly unsettled: ReadonlyMap<string, number>;
}

/** Null where the old lane's seqs are those of another history. */
function laterOf({ database }: OldLanes, lane: Lane): Later | null {
  const same = lanesIn(database).find(({ ordinal, destination }) => ordinal === lane.ordinal && destination === lane.destination);
  if (!same || same.cursor < lane.cursor) return null;
  const dead = database.prepare('SELECT seq, gen FROM dead WHERE ordinal = ?').all(lane.ordinal);
  const unsettled = new Map(pendingIn(database, lane.ordinal));
  for (const row of dead) unsettled.set(`${row.seq}/${row.gen}`, Number(row.seq));
  return { cursor: same.cursor, unsettled };
}

function pendingIn(db: DatabaseSync, ordinal: number): ReadonlyMap<string, number> {
  const pending = new Map<string, number>();
  for (const row of db.prepare('SELECT seq, gen FROM retrying WHERE ordinal = ?').iterate(ordinal))
    pending.set(`${row.seq}/${row.gen}`, Number(row.seq));
  for (const row of db.prepare('SELECT block, bits FROM held WHERE ordinal = ?').iterate(ordinal))
    for (const seq of heldIn(Number(row.block), blobOf(row.bits))) pending.set(`${seq}/0`, seq);
  return pending;
}

function routed({ reader, lane }: Books, after: number, through: number): number {
  let count = 0;
  for (let from = after; from < through; ) {
    const slice = reader.passed({ ordinal: lane.ordinal, after: from, through });
    count += slice.count;
    if (slice.through <= from) break;
    from = slice.through;
  }
  return count;
}

function countTo(seqs: Iterable<number>, through: number): number {
  let count = 0;
  for (const seq of seqs) if (seq <= through) count++;
  return count;
}

/** Open obligations with seqs up to `through`. */
function openTo(books: Books, through: number): number {
  return countTo(books.pending.values(), through) + routed(books, books.lane.cursor, Math.min(through, books.head));
}

/** Of the open ones up to `through`, those that the old disk knows no more: they were ended, most of them by delivering. */
function settledSince(books: Books, later: Later, through: number): number {
  const { lane, head, pending } = books;
  const ended = [...pending].flatMap(([key, seq]) => (later.unsettled.has(key) ? [] : [seq]));
  const upTo = Math.min(through, head, later.cursor);
  const passed = routed(books, lane.cursor, upTo);
  const unsettled = [...later.unsettled].filter(([key, seq]) => key.endsWith('/0') && seq > lane.cursor && seq <= upTo);
  return countTo(ended, through) + Math.max(0, passed - unsettled.length);
}

/** First seq that was committed at or after a time; one above the head where there is none. */
function firstSeqSince(folder: string, atMs: number, head: number): number {
  for (const { firstSeq } of listSegments(folder)) {
    const db = openForReading(segmentPath(folder, firstSeq));
    try {
      const row = db.prepare('SELECT min(first_seq) AS seq FROM chunk WHERE at >= ?').get(atMs);
      if (row?.seq != null) return Number(row.seq);
    } finally {
      db.close();
    }
  }
  return head + 1;
}
