/** The records of the memory driver, and which ids it remembers. */
import { createHash } from 'node:crypto';
import { erasedRecord } from '../erased.ts';
import type { Appended, AppendRequest, LanePage, LogRecord, ReadLimit } from '../event-log.ts';
import type { RouteTable } from '../routes.ts';
import { eventsIn, jsonOf } from '../sqlite/blank-events.ts';

const keyOf = (source: string, messageId: string) => `${source}\0${messageId}`;
const hashOf = (key: string) => createHash('sha256').update(key).digest('base64');

export interface MemoryRecordsOptions {
  readonly dedupeWindowMs: number;
  readonly now: () => number;
}

export class MemoryRecords {
  readonly #routes: RouteTable;
  readonly #options: MemoryRecordsOptions;
  readonly #seen = new Map<string, number>();
  /** Of erased events: the ids only as hashes. */
  readonly #seenErased = new Map<string, number>();
  readonly #stored = new Map<number, { readonly body: Uint8Array; readonly element: number }>();
  #records: LogRecord[] = [];
  /** Seq of the last record that truncation took. */
  #base = 0;
  #bytes = 0;

  constructor(routes: RouteTable, options: MemoryRecordsOptions) {
    this.#routes = routes;
    this.#options = options;
  }

  get head(): number {
    return this.#base + this.#records.length;
  }

  /** Lowest seq that is still there. */
  get first(): number {
    return this.#base + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get remembered(): number {
    return this.#seen.size;
  }

  at(seq: number): LogRecord | undefined {
    return this.#records[seq - this.#base - 1];
  }

  /** What was sent, with what its batch said for all; undefined where it was erased. */
  storedJson(seq: number): unknown {
    const stored = this.#stored.get(seq);
    if (stored === undefined) return undefined;
    return JSON.parse(jsonOf(eventsIn(stored.body, stored.element >= 0), Math.max(0, stored.element)));
  }

  erase(seqs: Iterable<number>): void {
    for (const seq of seqs) {
      const record = this.at(seq);
      if (!record) continue;
      const key = keyOf(record.source, record.messageId);
      if (this.#seen.get(key) === seq) {
        this.#seen.delete(key);
        this.#seenErased.set(hashOf(key), seq);
      }
      this.#stored.delete(seq);
      this.#records[seq - this.#base - 1] = erasedRecord(record);
    }
  }

  where(test: (record: LogRecord) => boolean): readonly LogRecord[] {
    return this.#records.filter(test);
  }

  /** Records in (after, through] that are routed to an ordinal. */
  routed(ordinal: number, after: number, through: number): readonly LogRecord[] {
    const range = this.#records.slice(Math.max(0, after - this.#base), Math.max(0, through - this.#base));
    return range.filter((record) => this.#routes.has(record.route, ordinal));
  }

  page(ordinal: number, after: number, limit: ReadLimit): LanePage {
    const records: LogRecord[] = [];
    let bytes = 0;
    let through = Math.max(after, this.#base);
    while (through < this.head && records.length < limit.events && bytes < limit.bytes) {
      const record = this.at(++through);
      if (!record || !this.#routes.has(record.route, ordinal)) continue;
      records.push(record);
      bytes += record.bytes;
    }
    return { records, through };
  }

  append({ source, receivedAt, body, events }: AppendRequest): Appended {
    const keys = events.map((event) => keyOf(source, event.messageId));
    const fresh = new Set(keys.filter((key) => this.#firstSeq(key) === undefined));
    const share = Math.floor(body.length / Math.max(1, fresh.size));
    const larger = body.length - share * fresh.size;
    let accepted = 0;
    const seqs = events.map(({ messageId, route, element, event }, i) => {
      const key = keys[i] as string;
      if (!fresh.delete(key)) return this.#firstSeq(key) as number;
      const seq = this.head + 1;
      this.#records.push({ seq, gen: 0, source, messageId, receivedAt, route, bytes: share + (accepted++ < larger ? 1 : 0), event });
      this.#seen.set(key, seq);
      this.#stored.set(seq, { body, element });
      return seq;
    });
    if (accepted > 0) this.#bytes += body.length;
    return { seqs, accepted, duplicate: seqs.length - accepted };
  }

  /** Forgets records up to `through` that came before `before`. Returns the last seq that is gone, and the bytes freed. */
  truncate(through: number, before: number): { readonly through: number; readonly freed: number } {
    let count = 0;
    let freed = 0;
    for (const record of this.#records) {
      if (record.seq > through || record.receivedAt >= before) break;
      count++;
      this.#stored.delete(record.seq);
      freed += record.bytes;
    }
    this.#records = this.#records.slice(count);
    this.#base += count;
    this.#bytes -= freed;
    return { through: this.#base, freed };
  }

  #firstSeq(key: string): number | undefined {
    const seq = this.#seen.get(key) ?? (this.#seenErased.size > 0 ? this.#seenErased.get(hashOf(key)) : undefined);
    const record = seq === undefined ? undefined : this.at(seq);
    return record && record.receivedAt > this.#options.now() - this.#options.dedupeWindowMs ? seq : undefined;
  }
}
