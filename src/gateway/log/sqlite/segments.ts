/** All segments of a log as one range of chunks. Keeps a few files open. */

import { createRouteTable, type RouteTable } from '../routes.ts';
import { type Chunk, type ChunkHead, SegmentReader } from './segment-reader.ts';
import { corrupt } from './store-failure.ts';

const maxOpen = 6;
/** Chunks kept, a megabyte or so each: a lane reads one in several pages, and lanes that lag together read the same. */
const maxChunks = 4;

export class Segments {
  readonly #folder: string;
  /** First seqs, ascending. */
  #firsts: number[] = [];
  readonly #open = new Map<number, SegmentReader>();
  readonly #chunks = new Map<number, Chunk>();
  readonly #routes: RouteTable = createRouteTable();

  constructor(folder: string) {
    this.#folder = folder;
  }

  set(firsts: readonly number[]): void {
    this.#firsts = [...firsts];
    for (const [first, reader] of this.#open) {
      if (firsts.includes(first)) continue;
      reader.close();
      this.#open.delete(first);
    }
    this.#chunks.clear();
  }

  /** Lowest seq on disk; 1 when there is none. */
  get first(): number {
    return this.#firsts[0] ?? 1;
  }

  /** The segment that would hold `seq`; null below the first. */
  at(seq: number): SegmentReader | null {
    const first = this.#firsts.findLast((start) => start <= seq);
    return first === undefined ? null : this.#reader(first);
  }

  /** Heads of chunks from the one that holds `seq`, at most `limit`, none that starts above `head`. */
  heads(seq: number, head: number, limit: number): ChunkHead[] {
    if (seq > head) return [];
    const segment = this.at(seq);
    const start = segment?.chunkOf(seq) ?? null;
    if (!segment || start === null) throw corrupt(`seq ${seq} is missing`, segment?.file);
    return segment.heads(start, limit).filter((chunk) => chunk.firstSeq <= head);
  }

  /** A whole chunk of a segment, its checksums proved when it was read. */
  chunk(segment: SegmentReader, firstSeq: number): Chunk {
    const chunk = this.#chunks.get(firstSeq) ?? segment.chunk(firstSeq);
    this.#chunks.delete(firstSeq);
    this.#chunks.set(firstSeq, chunk);
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= maxChunks) break;
      this.#chunks.delete(oldest);
    }
    return chunk;
  }

  /** Whether a route contains an ordinal. Reads the segment's routes where the id is new. */
  isRouted(segment: SegmentReader, route: number, ordinal: number): boolean {
    if (route >= this.#routes.size)
      for (const { id, ordinals } of segment.routesFrom(this.#routes.size)) this.#routes.restore(id, ordinals);
    if (route >= this.#routes.size) throw corrupt(`route ${route} is missing`, segment.file);
    return this.#routes.has(route, ordinal);
  }

  close(): void {
    for (const reader of this.#open.values()) reader.close();
    this.#open.clear();
    this.#chunks.clear();
  }

  #reader(first: number): SegmentReader {
    const known = this.#open.get(first);
    if (known) {
      this.#open.delete(first);
      this.#open.set(first, known);
      return known;
    }
    const reader = new SegmentReader(this.#folder, first);
    this.#open.set(first, reader);
    for (const [oldest, other] of this.#open) {
      if (this.#open.size <= maxOpen) break;
      other.close();
      this.#open.delete(oldest);
    }
    return reader;
  }
}
