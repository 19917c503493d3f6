import { type EventType, eventTypes, type GatewayEvent } from '#gateway/pipeline/event.ts';
import { provenanceIn } from '#gateway/pipeline/provenance.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { erasedEvent, isErasedIn } from '../erased.ts';
import type { LogRecord } from '../event-log.ts';
import { type RawPage, rawWords } from './raw-page.ts';

interface Envelope {
  readonly batch?: unknown;
  readonly context?: unknown;
  readonly sentAt?: unknown;
  readonly integrations?: unknown;
}

const isEnvelope = (value: unknown): value is Envelope => typeof value === 'object' && value !== null;

/** A stored body, parsed when the first of its events is asked for. */
class StoredBody {
  readonly #bytes: Buffer;
  #json: unknown;
  #isParsed = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  /** Throws SyntaxError where it is not JSON, which its checksum rules out. */
  get json(): unknown {
    if (!this.#isParsed) {
      this.#json = JSON.parse(this.#bytes.toString('utf8'));
      this.#isParsed = true;
    }
    return this.#json;
  }
}

/**
 * A record whose event is made on first use: a lane that only counts what it passes, or sends one of
 * five hundred at a time, neither pays for the others nor keeps them.
 */
class StoredRecord implements LogRecord {
  readonly seq: number;
  readonly gen = 0;
  readonly source: string;
  readonly receivedAt: number;
  readonly route: number;
  readonly bytes: number;
  readonly #type: EventType;
  readonly #element: number;
  readonly #body: StoredBody;
  #event: GatewayEvent | null = null;

  /** @param at where its words begin; see `rawWords` */
  constructor(words: Float64Array, at: number, source: string, body: StoredBody) {
    this.seq = words[at] as number;
    this.receivedAt = words[at + 1] as number;
    this.route = words[at + 2] as number;
    this.#type = eventTypes[words[at + 3] as number] ?? 'track';
    this.#element = words[at + 4] as number;
    this.bytes = words[at + 7] as number;
    this.source = source;
    this.#body = body;
  }
  get event(): GatewayEvent {
    this.#event ??= this.#decode();
    return this.#event;
  }
  get messageId(): string {
    return this.event.messageId;
  }

  #decode(): GatewayEvent {
    const body = this.#body.json;
    if (isErasedIn(body, this.#element)) return erasedEvent(this.source, this.receivedAt, this.#type);
    const facts = { source: this.source, receivedAt: this.receivedAt, type: this.#type, provenance: provenanceIn(body, this.#element) };
    if (this.#element < 0) return toGatewayEvent(body, facts);
    const shared = isEnvelope(body) ? body : {};
    const batch = Array.isArray(shared.batch) ? shared.batch : [];
    return toGatewayEvent(batch[this.#element], { ...facts, shared });
  }
}

/** The records of a page. Bodies are parsed as their events are asked for. */
export function decodePage(page: RawPage): LogRecord[] {
  const words = new Float64Array(page.facts);
  const bodies = Buffer.from(page.bodies);
  const records: LogRecord[] = [];
  let bodyAt = -1;
  let body = new StoredBody(bodies);
  for (let at = 0; at < words.length; at += rawWords) {
    const offset = words[at + 5] as number;
    if (offset !== bodyAt) {
      body = new StoredBody(bodies.subarray(offset, offset + (words[at + 6] as number)));
      bodyAt = offset;
    }
    records.push(new StoredRecord(words, at, page.sources[words[at + 8] as number] ?? '', body));
  }
  return records;
}
