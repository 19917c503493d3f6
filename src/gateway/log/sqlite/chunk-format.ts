/**
 * The binary layout of one commit group, in two blobs beside the bodies. All little-endian, which
 * is what typed arrays are on every platform that Node supports.
 *
 * `idx` = header (8 bytes: requests u32, events u32)
 *       + per request 24 bytes: receivedAt f64, source u32, body offset u32, body length u32, first event u32
 *       + per event 16 bytes: hash low u32, hash high u32, route u32,
 *         detail u32 = element u16 (0xffff: the body is the event) | request << 16 (12 bits) | type << 28
 * `summary` = per route six f64 words: route, count, bytes, digest high, digest low, oldest receivedAt.
 *
 * An event's seq is the chunk's first seq plus its position; its share of the body's bytes is
 * the body's length divided by the events of its request.
 */
import type { Digest } from '../digest.ts';
import type { RouteId } from '../event-log.ts';

export const headerBytes = 8;
export const requestBytes = 24;
export const eventBytes = 16;
/** Words that a route takes in a summary. */
export const summaryWords = 6;
export const noElement = 0xffff;
export const maxRequests = 4096;

export function packDetail(element: number, request: number, type: number): number {
  return ((element < 0 ? noElement : element) | (request << 16) | (type << 28)) >>> 0;
}

/** The share of an event at `position` within its request, in a body of `length` bytes that `events` events came in. */
export function shareOf(length: number, events: number, position: number): number {
  return Math.floor(length / events) + (position < length % events ? 1 : 0);
}

export interface RequestFacts {
  readonly receivedAt: number;
  readonly source: number;
  readonly bodyOffset: number;
  readonly bodyLength: number;
  readonly firstEvent: number;
  /** Events of this request. */
  readonly events: number;
}

/** Reads an `idx` blob in place, without an object per event. */
export interface ChunkIndex {
  readonly requests: number;
  readonly events: number;
  request(index: number): RequestFacts;
  hashLow(event: number): number;
  hashHigh(event: number): number;
  route(event: number): RouteId;
  requestOf(event: number): number;
  /** -1 where the body is the event itself. */
  element(event: number): number;
  /** The event's part of its body's bytes. */
  share(event: number): number;
  type(event: number): number;
}

/** Throws RangeError where the blob has not the size that its header promises. */
export function readChunkIndex(blob: Uint8Array): ChunkIndex {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const requests = view.getUint32(0, true);
  const events = view.getUint32(4, true);
  const eventsAt = headerBytes + requests * requestBytes;
  if (blob.byteLength !== eventsAt + events * eventBytes) throw new RangeError(`an index of ${events} events in ${blob.byteLength} bytes`);
  const word = (event: number, offset: number) => view.getUint32(eventsAt + event * eventBytes + offset, true);
  const firstOf = (request: number) => (request < requests ? view.getUint32(headerBytes + request * requestBytes + 20, true) : events);
  const index: ChunkIndex = {
    requests,
    events,
    request(request) {
      const at = headerBytes + request * requestBytes;
      const firstEvent = firstOf(request);
      return {
        receivedAt: view.getFloat64(at, true),
        source: view.getUint32(at + 8, true),
        bodyOffset: view.getUint32(at + 12, true),
        bodyLength: view.getUint32(at + 16, true),
        firstEvent,
        events: firstOf(request + 1) - firstEvent,
      };
    },
    hashLow: (event) => word(event, 0),
    hashHigh: (event) => word(event, 4),
    route: (event) => word(event, 8),
    requestOf: (event) => (word(event, 12) >>> 16) & 0xfff,
    element(event) {
      const element = word(event, 12) & 0xffff;
      return element === noElement ? -1 : element;
    },
    share(event) {
      const { bodyLength, events: siblings, firstEvent } = index.request(index.requestOf(event));
      return shareOf(bodyLength, siblings, event - firstEvent);
    },
    type: (event) => word(event, 12) >>> 28,
  };
  return index;
}

/** What a chunk holds for one route. Also a line of a snapshot: then of everything up to its seq. */
export interface SummaryLine {
  readonly route: RouteId;
  readonly count: number;
  readonly bytes: number;
  readonly digest: Digest;
  /** Epoch ms. */
  readonly oldestAt: number;
}

/** The line that starts at word `at`. */
export function summaryLine(words: Float64Array, at: number): SummaryLine {
  const word = (offset: number) => words[at + offset] ?? Number.NaN;
  return { route: word(0), count: word(1), bytes: word(2), digest: { hi: word(3), lo: word(4) }, oldestAt: word(5) };
}

/** A summary blob as f64 words; a copy, because the blob's memory may not be aligned. */
export function summaryWordsOf(blob: Uint8Array): Float64Array {
  return new Float64Array(blob.slice().buffer);
}
