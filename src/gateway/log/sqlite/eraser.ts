/**
 * Finds people in the segments, and erases them there. Runs in a thread of its own, started when it is needed, so that
 * parsing a whole log keeps nobody waiting. Rewrites a chunk in place, one transaction each, on a connection beside the
 * writer's: WAL lets the two take turns within milliseconds.
 *
 * A chunk that is read for the first time leaves a filter behind; from then on it is read again only for people whom it
 * may hold.
 */
import { DatabaseSync } from 'node:sqlite';
import { createPersonKeys, type PersonKeys } from '#gateway/pipeline/person-key.ts';
import type { PersonalEvent } from '../erasing.ts';
import { createMatcher, idsIn, type MatchedPerson, type Matcher } from '../person-match.ts';
import { type BodyEvents, blankEvents, eventsIn, jsonOf } from './blank-events.ts';
import type { ChunkIndex } from './chunk-format.ts';
import { type FilterFile, openFilterFile } from './filter-file.ts';
import { lanesPath } from './lanes-file.ts';
import { filterOf, mightHold } from './person-filter.ts';
import { repack } from './repack.ts';
import { blobOf, openForWriting, segmentPath } from './segment-file.ts';
import { type Chunk, SegmentReader } from './segment-reader.ts';

/** Which part of which segment, and whom. */
export interface EraserInput {
  /** First seq of the segment. */
  readonly segment: number;
  readonly afterSeq: number;
  /** Nothing above it is looked at. */
  readonly head: number;
  readonly people: readonly MatchedPerson[];
}

export interface FoundSlice {
  readonly events: readonly PersonalEvent[];
  readonly through: number;
  /** The segment, or what of it is not above the head, was looked at to its end. */
  readonly isOver: boolean;
}

export interface ErasedSlice {
  /** Seqs erased, ascending. */
  readonly seqs: readonly number[];
  readonly through: number;
  readonly isOver: boolean;
}

export interface EraserOps {
  open(input: { readonly folder: string; readonly key: Uint8Array }): null;
  find(input: EraserInput): FoundSlice;
  /** The same among the events that were copied into `lanes.db` because their segment is gone. */
  findRescued(input: Omit<EraserInput, 'segment' | 'head'> & { readonly belowSeq: number }): FoundSlice;
  erase(input: EraserInput): ErasedSlice;
  /** Empties the segment's WAL into its file, so that what was erased is in neither. False where somebody was in the way. */
  emptyWal(input: { readonly segment: number }): boolean;
  /** Segments below are gone. */
  forgetBelow(input: { readonly firstSeq: number }): null;
  close(input: null): null;
}

/** One slice ends after so long, ms, or so much found. */
const sliceMs = 100;
const sliceBytes = 512 * 1024;
const headsAtOnce = 256;
const rescuedAtOnce = 500;

/** One request of a chunk: its body and the positions of its events in the chunk. */
interface Request {
  readonly text: Uint8Array;
  readonly receivedAt: number;
  readonly source: number;
  readonly first: number;
  readonly events: number;
}

function* requestsOf({ index, data }: Chunk): Generator<Request> {
  for (let i = 0; i < index.requests; i++) {
    const { bodyOffset, bodyLength, receivedAt, source, firstEvent, events } = index.request(i);
    yield { text: data.subarray(bodyOffset, bodyOffset + bodyLength), receivedAt, source, first: firstEvent, events };
  }
}

/** Events of a request as stored. */
function read(request: Request, index: ChunkIndex): BodyEvents {
  return eventsIn(request.text, request.events > 0 && index.element(request.first) >= 0);
}

class Eraser {
  readonly #folder: string;
  readonly #keys: PersonKeys;
  readonly #filters: FilterFile;
  readonly #lanes: DatabaseSync;
  #reader: SegmentReader | null = null;
  #writer: { readonly segment: number; readonly db: DatabaseSync } | null = null;

  constructor(folder: string, key: Uint8Array) {
    this.#folder = folder;
    this.#keys = createPersonKeys(key);
    this.#filters = openFilterFile(folder, key);
    this.#lanes = new DatabaseSync(lanesPath(folder), { timeout: 5000 });
    this.#lanes.exec('PRAGMA query_only=ON');
  }

  /** Visits chunks that may hold one of these people until time is up, or `visit` answers the seq at which it has enough. */
  #walk(input: EraserInput, visit: (chunk: Chunk, segment: SegmentReader) => number | null): { through: number; isOver: boolean } {
    const segment = this.#readerOf(input.segment);
    const until = performance.now() + sliceMs;
    let through = input.afterSeq;
    for (;;) {
      const start = segment.chunkOf(Math.max(through + 1, input.segment));
      const heads = start === null ? [] : segment.heads(start, headsAtOnce).filter((head) => head.firstSeq <= input.head);
      if (heads.length === 0) return { through, isOver: true };
      const known = this.#filters.between(heads[0]?.firstSeq ?? 0, heads.at(-1)?.firstSeq ?? 0);
      const made = new Map<number, Uint8Array>();
      let isEnough = false;
      for (const { firstSeq, count } of heads) {
        const filter = known.get(firstSeq);
        let stoppedAt: number | null = null;
        if (!filter || input.people.some(({ person }) => mightHold(filter, person))) {
          const chunk = segment.chunk(firstSeq);
          if (!filter) made.set(firstSeq, this.#filterOf(chunk));
          stoppedAt = visit(chunk, segment);
        }
        through = stoppedAt ?? Math.min(firstSeq + count - 1, input.head);
        isEnough = stoppedAt !== null || performance.now() > until;
        if (isEnough) break;
      }
      this.#filters.put(made);
      if (isEnough) return { through, isOver: false };
    }
  }

  #filterOf(chunk: Chunk): Uint8Array {
    const people = new Set<string>();
    for (const request of requestsOf(chunk))
      for (const event of read(request, chunk.index).events) for (const id of idsIn(event)) people.add(this.#keys.keyOf(id));
    return filterOf(people);
  }

  find(input: EraserInput): FoundSlice {
    const isTheirs = createMatcher(this.#keys, input.people);
    const events: PersonalEvent[] = [];
    let bytes = 0;
    const done = this.#walk(input, (chunk, segment) => {
      for (const request of requestsOf(chunk)) {
        const stored = read(request, chunk.index);
        for (let position = request.first; position < request.first + request.events; position++) {
          const element = chunk.index.element(position);
          const seq = chunk.firstSeq + position;
          if (seq <= input.afterSeq || seq > input.head || !isTheirs(stored.events[Math.max(0, element)], request.receivedAt)) continue;
          const json = jsonOf(stored, element);
          events.push({ seq, source: segment.sourceName(request.source), receivedAt: request.receivedAt, json });
          bytes += json.length;
          // In the middle of a chunk, too: what a batch said for all is repeated for each of its events.
          if (bytes >= sliceBytes) return seq;
        }
      }
      return null;
    });
    return { events, ...done };
  }

  findRescued(input: Parameters<EraserOps['findRescued']>[0]): FoundSlice {
    const isTheirs = createMatcher(this.#keys, input.people);
    const rows = this.#lanes
      .prepare('SELECT seq, received_at, element, source, body FROM rescued WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ?')
      .all(input.afterSeq, input.belowSeq, rescuedAtOnce);
    const events: PersonalEvent[] = [];
    let through = input.afterSeq;
    let bytes = 0;
    for (const row of rows) {
      through = Number(row.seq);
      const stored = eventsIn(blobOf(row.body), Number(row.element) >= 0);
      const receivedAt = Number(row.received_at);
      if (!stored.events.some((event) => isTheirs(event, receivedAt))) continue;
      const json = jsonOf(stored, Math.max(0, Number(row.element)));
      events.push({ seq: through, source: String(row.source), receivedAt, json });
      bytes += json.length;
      if (bytes >= sliceBytes) return { events, through, isOver: false };
    }
    return { events, through, isOver: rows.length < rescuedAtOnce };
  }

  erase(input: EraserInput): ErasedSlice {
    const isTheirs = createMatcher(this.#keys, input.people);
    const seqs: number[] = [];
    const done = this.#walk(input, (chunk) => {
      const erased = blankIn(chunk, isTheirs);
      if (erased.isChanged) this.#rewrite(input.segment, chunk, erased.blankEnd);
      seqs.push(...erased.seqs);
      return null;
    });
    return { seqs, ...done };
  }

  #rewrite(segment: number, { firstSeq, data: bodies }: Chunk, blankEnd: number | null): void {
    const db = this.#writerOf(segment);
    const stored = db.prepare('SELECT data, data_crc FROM chunk WHERE first_seq = ?').get(firstSeq);
    const { data, crc } = repack(bodies, { data: blobOf(stored?.data), crc: Number(stored?.data_crc) }, blankEnd);
    db.prepare('UPDATE chunk SET data = ?, data_crc = ? WHERE first_seq = ?').run(data, crc, firstSeq);
  }

  emptyWal(segment: number): boolean {
    const row = this.#writerOf(segment).prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    return Number(row?.busy) === 0;
  }

  forgetBelow(firstSeq: number): void {
    this.#filters.forgetBelow(firstSeq);
  }

  #readerOf(segment: number): SegmentReader {
    if (this.#reader?.firstSeq !== segment) {
      this.#reader?.close();
      this.#reader = null;
      this.#reader = new SegmentReader(this.#folder, segment);
    }
    return this.#reader;
  }

  #writerOf(segment: number): DatabaseSync {
    if (this.#writer?.segment !== segment) {
      this.#writer?.db.close();
      this.#writer = null;
      this.#writer = { segment, db: openForWriting(segmentPath(this.#folder, segment)) };
    }
    return this.#writer.db;
  }

  close(): void {
    this.#reader?.close();
    this.#writer?.db.close();
    this.#filters.close();
    this.#lanes.close();
  }
}

interface Blanked {
  readonly seqs: number[];
  readonly isChanged: boolean;
  readonly blankEnd: number | null;
}

/** Blanks the people's events in a chunk's data, in place. */
function blankIn(chunk: Chunk, isTheirs: Matcher): Blanked {
  const seqs: number[] = [];
  let isChanged = false;
  let blankEnd: number | null = null;
  for (const request of requestsOf(chunk)) {
    const stored = read(request, chunk.index);
    const gone = new Set(stored.events.flatMap((event, position) => (isTheirs(event, request.receivedAt) ? [position] : [])));
    if (gone.size === 0) continue;
    isChanged = true;
    for (let position = request.first; position < request.first + request.events; position++)
      if (gone.has(Math.max(0, chunk.index.element(position)))) seqs.push(chunk.firstSeq + position);
    const end = blankEvents(request.text, stored, gone);
    if (end !== null) blankEnd = request.text.byteOffset - chunk.data.byteOffset + end;
  }
  return { seqs, isChanged, blankEnd };
}

export function createEraserOps(): EraserOps {
  let eraser: Eraser | null = null;
  const opened = (): Eraser => {
    if (!eraser) throw new Error('the eraser is not open');
    return eraser;
  };
  return {
    open({ folder, key }) {
      eraser?.close();
      eraser = new Eraser(folder, key);
      return null;
    },
    find: (input) => opened().find(input),
    findRescued: (input) => opened().findRescued(input),
    erase: (input) => opened().erase(input),
    emptyWal: ({ segment }) => opened().emptyWal(segment),
    forgetBelow({ firstSeq }) {
      opened().forgetBelow(firstSeq);
      return null;
    },
    close() {
      eraser?.close();
      eraser = null;
      return null;
    },
  };
}
