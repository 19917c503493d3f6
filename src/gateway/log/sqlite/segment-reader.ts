/** Reads chunks of one segment. No statement outlives a call. */
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { type ChunkIndex, readChunkIndex } from './chunk-format.ts';
import type { NamedRoute } from './log-writer.ts';
import { unpack } from './packing.ts';
import type { RawPageBuilder } from './raw-page.ts';
import { blobOf, checkFile, inFile, openForReading, segmentPath, segmentVersion } from './segment-file.ts';
import { StoreFailure } from './store-failure.ts';

export interface ChunkHead {
  readonly firstSeq: number;
  readonly count: number;
  readonly summary: Uint8Array;
}

export interface Chunk {
  readonly firstSeq: number;
  readonly count: number;
  readonly index: ChunkIndex;
  readonly data: Uint8Array;
}

/** What dedupe and search need of a chunk. */
export interface ChunkHashes {
  readonly firstSeq: number;
  readonly count: number;
  /** Durable clock of the commit, epoch ms. */
  readonly at: number;
  readonly index: ChunkIndex;
}

export class SegmentReader {
  readonly firstSeq: number;
  readonly file: string;
  readonly #db: DatabaseSync;
  readonly #containing;
  readonly #heads;
  readonly #full;
  readonly #hashes;
  readonly #index;
  readonly #sources = new Map<number, string>();

  /** Throws AppFailure DATA_CORRUPT or DATA_NEWER. */
  constructor(folder: string, firstSeq: number) {
    const path = segmentPath(folder, firstSeq);
    this.firstSeq = firstSeq;
    this.file = basename(path);
    this.#db = inFile(this.file, () => openForReading(path));
    inFile(this.file, () => checkFile(this.#db, this.file, segmentVersion));
    this.#containing = this.#db.prepare('SELECT first_seq, count FROM chunk WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1');
    this.#heads = this.#db.prepare('SELECT first_seq, count, summary FROM chunk WHERE first_seq >= ? ORDER BY first_seq LIMIT ?');
    this.#full = this.#db.prepare('SELECT count, idx_crc, data_crc, summary, idx, data FROM chunk WHERE first_seq = ?');
    this.#hashes = this.#db.prepare('SELECT first_seq, count, at, idx FROM chunk WHERE first_seq < ? ORDER BY first_seq DESC LIMIT ?');
    this.#index = this.#db.prepare('SELECT idx FROM chunk WHERE first_seq = ?');
  }

  /** First seq of the chunk that holds `seq`; null where there is none. */
  chunkOf(seq: number): number | null {
    const row = inFile(this.file, () => this.#containing.get(seq));
    return row && Number(row.first_seq) + Number(row.count) > seq ? Number(row.first_seq) : null;
  }

  /** Heads of up to `limit` chunks from the one that starts at `firstSeq`, ascending. */
  heads(firstSeq: number, limit: number): ChunkHead[] {
    const rows = inFile(this.file, () => this.#heads.all(firstSeq, limit));
    return rows.map((row) => ({ firstSeq: Number(row.first_seq), count: Number(row.count), summary: blobOf(row.summary) }));
  }

  /** A whole chunk, its checksums proved. */
  chunk(firstSeq: number): Chunk {
    const row = inFile(this.file, () => this.#full.get(firstSeq));
    if (!row) throw this.#corrupt(`there is no chunk ${firstSeq}`);
    const idx = blobOf(row.idx);
    const data = blobOf(row.data);
    if (crc32(blobOf(row.summary), crc32(idx)) !== Number(row.idx_crc) || crc32(data) !== Number(row.data_crc))
      throw this.#corrupt(`the checksum of chunk ${firstSeq} is wrong`);
    return { firstSeq, count: Number(row.count), index: readChunkIndex(idx), data: unpack(data) };
  }

  /** The index alone, its checksum not proved. */
  index(firstSeq: number): ChunkIndex {
    const row = inFile(this.file, () => this.#index.get(firstSeq));
    if (!row) throw this.#corrupt(`there is no chunk ${firstSeq}`);
    return readChunkIndex(blobOf(row.idx));
  }

  /** Chunks that start before `beforeSeq`, newest first. */
  hashes(beforeSeq: number, limit: number): ChunkHashes[] {
    const rows = inFile(this.file, () => this.#hashes.all(beforeSeq, limit));
    return rows.map((row) => ({
      firstSeq: Number(row.first_seq),
      count: Number(row.count),
      at: Number(row.at),
      index: readChunkIndex(blobOf(row.idx)),
    }));
  }

  routesFrom(id: number): NamedRoute[] {
    const rows = this.#db.prepare('SELECT id, ordinals FROM route WHERE id >= ? ORDER BY id').all(id);
    return rows.map((row) => ({ id: Number(row.id), ordinals: parseOrdinals(row.ordinals) }));
  }

  sourceName(id: number): string {
    let name = this.#sources.get(id);
    if (name === undefined) {
      const row = this.#db.prepare('SELECT name FROM source WHERE id = ?').get(id);
      if (!row) throw this.#corrupt(`there is no source ${id}`);
      name = String(row.name);
      this.#sources.set(id, name);
    }
    return name;
  }

  /** Copies WAL pages into the file as far as nobody is in the way. */
  checkpoint(): void {
    this.#db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
  }

  close(): void {
    this.#db.close();
  }

  #corrupt(cause: string): StoreFailure {
    return new StoreFailure('DATA_CORRUPT', { file: this.file, cause });
  }
}

export function parseOrdinals(text: unknown): number[] {
  return String(text).split(',').filter(Boolean).map(Number);
}

/** Adds events of a chunk to a page: those at `positions`, ascending. Tells the share of each. */
export function addEvents(
  page: RawPageBuilder,
  segment: SegmentReader,
  chunk: Chunk,
  positions: Iterable<number>,
  added?: (shareBytes: number) => void,
): void {
  const { index, data, firstSeq } = chunk;
  let request = -1;
  let facts = index.request(0);
  let body = data;
  for (const position of positions) {
    if (index.requestOf(position) !== request) {
      request = index.requestOf(position);
      facts = index.request(request);
      body = data.subarray(facts.bodyOffset, facts.bodyOffset + facts.bodyLength);
    }
    const share = index.share(position);
    page.add(
      {
        seq: firstSeq + position,
        receivedAt: facts.receivedAt,
        route: index.route(position),
        type: index.type(position),
        element: index.element(position),
        share,
        source: segment.sourceName(facts.source),
      },
      body,
    );
    added?.(share);
  }
}
