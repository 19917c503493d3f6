/**
 * Stored events on their way from a worker to the main thread: bodies back to back in one buffer, facts
 * in typed words. The main thread parses; structured clones of events would cost it more.
 */
import { type EventType, eventTypes, type GatewayEvent } from '#gateway/pipeline/event.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import type { LogRecord } from '../event-log.ts';

/** Words per record: seq, receivedAt, route, type, element, body offset, body length, share, source, minted. */
export const rawWords = 10;

export interface RawPage {
  readonly facts: ArrayBuffer;
  readonly bodies: ArrayBuffer;
  readonly sources: readonly string[];
  /** Ids that the bodies lack; a record's word `minted` is its place here, or -1. */
  readonly minted: readonly string[];
}

export interface RawRecord {
  readonly seq: number;
  readonly receivedAt: number;
  readonly route: number;
  readonly type: number;
  readonly element: number;
  readonly share: number;
  readonly source: string;
  readonly minted: string | null;
}

/** Gathers records, and each body once. */
export class RawPageBuilder {
  readonly #words: number[] = [];
  readonly #bodies: Uint8Array[] = [];
  readonly #sources: string[] = [];
  readonly #minted: string[] = [];
  #size = 0;
  #lastBody: Uint8Array | null = null;
  #lastOffset = 0;

  get count(): number {
    return this.#words.length / rawWords;
  }

  /** `body` is copied at `finish`; events of one request must come one after another, with the same object. */
  add(record: RawRecord, body: Uint8Array): void {
    if (body !== this.#lastBody) {
      this.#lastBody = body;
      this.#lastOffset = this.#size;
      this.#bodies.push(body);
      this.#size += body.length;
    }
    let source = this.#sources.indexOf(record.source);
    if (source < 0) source = this.#sources.push(record.source) - 1;
    const minted = record.minted === null ? -1 : this.#minted.push(record.minted) - 1;
    this.#words.push(
      record.seq,
      record.receivedAt,
      record.route,
      record.type,
      record.element,
      this.#lastOffset,
      body.length,
      record.share,
      source,
      minted,
    );
  }

  finish(): RawPage {
    const bodies = new Uint8Array(this.#size);
    let at = 0;
    for (const body of this.#bodies) {
      bodies.set(body, at);
      at += body.length;
    }
    return { facts: new Float64Array(this.#words).buffer, bodies: bodies.buffer, sources: this.#sources, minted: this.#minted };
  }
}

interface Envelope {
  readonly batch?: unknown;
  readonly context?: unknown;
  readonly sentAt?: unknown;
  readonly integrations?: unknown;
}

const isEnvelope = (value: unknown): value is Envelope => typeof value === 'object' && value !== null;

function eventOf(
  body: unknown,
  element: number,
  facts: { source: string; receivedAt: number; type: EventType; messageId: string | undefined },
): GatewayEvent {
  if (element < 0) return toGatewayEvent(body, facts);
  const shared = isEnvelope(body) ? body : {};
  const batch = Array.isArray(shared.batch) ? shared.batch : [];
  return toGatewayEvent(batch[element], { ...facts, shared });
}

/** Parses a page. Throws SyntaxError where a stored body is not JSON, which its checksum rules out. */
export function decodePage(page: RawPage): LogRecord[] {
  const words = new Float64Array(page.facts);
  const bodies = Buffer.from(page.bodies);
  const records: LogRecord[] = [];
  let parsedAt = -1;
  let body: unknown = null;
  for (let at = 0; at < words.length; at += rawWords) {
    const [seq = 0, receivedAt = 0, route = 0, type = 0, element = 0, offset = 0, length = 0, share = 0, source = 0, minted = -1] =
      words.subarray(at, at + rawWords);
    if (offset !== parsedAt) {
      body = JSON.parse(bodies.toString('utf8', offset, offset + length));
      parsedAt = offset;
    }
    const facts = { source: page.sources[source] ?? '', receivedAt, type: eventTypes[type] ?? 'track', messageId: page.minted[minted] };
    const event = eventOf(body, element, facts);
    records.push({ seq, gen: 0, source: facts.source, messageId: event.messageId, receivedAt, route, bytes: share, event });
  }
  return records;
}
