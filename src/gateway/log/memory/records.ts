/** The records of the memory driver, and which ids it remembers. */
import type { Appended, AppendRequest, LanePage, LogRecord, ReadLimit } from '../event-log.ts';
import type { RouteTable } from '../routes.ts';

export interface MemoryRecordsOptions {
  readonly dedupeWindowMs: number;
  readonly now: () => number;
}

export class MemoryRecords {
  readonly #routes: RouteTable;
  readonly #options: MemoryRecordsOptions;
  readonly #seen = new Map<string, number>();
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

  get bytes(): number {
    return this.#bytes;
  }

  get remembered(): number {
    return this.#seen.size;
  }

  at(seq: number): LogRecord | undefined {
    return this.#records[seq - this.#base - 1];
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
    const keys = events.map((event) => `${source}\0${event.messageId}`);
    const fresh = new Set(keys.filter((key) => this.#firstSeq(key) === undefined));
    const share = Math.floor(body.length / Math.max(1, fresh.size));
    const larger = body.length - share * fresh.size;
    let accepted = 0;
    const seqs = events.map(({ messageId, route, event }, i) => {
      const key = keys[i] as string;
      if (!fresh.delete(key)) return this.#seen.get(key) as number;
      const seq = this.head + 1;
      this.#records.push({ seq, gen: 0, source, messageId, receivedAt, route, bytes: share + (accepted++ < larger ? 1 : 0), event });
      this.#seen.set(key, seq);
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
      freed += record.bytes;
    }
    this.#records = this.#records.slice(count);
    this.#base += count;
    this.#bytes -= freed;
    return { through: this.#base, freed };
  }

  #firstSeq(key: string): number | undefined {
    const seq = this.#seen.get(key);
    const record = seq === undefined ? undefined : this.at(seq);
    return record && record.receivedAt > this.#options.now() - this.#options.dedupeWindowMs ? seq : undefined;
  }
}
