import type { LogRecord } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';

/** A record under a later generation. Its event is still made on first use. */
class Regenerated implements LogRecord {
  readonly seq: number;
  readonly gen: number;
  readonly source: string;
  readonly receivedAt: number;
  readonly route: number;
  readonly bytes: number;
  readonly #record: LogRecord;

  constructor(record: LogRecord, gen: number) {
    this.seq = record.seq;
    this.gen = gen;
    this.source = record.source;
    this.receivedAt = record.receivedAt;
    this.route = record.route;
    this.bytes = record.bytes;
    this.#record = record;
  }
  get event(): GatewayEvent {
    return this.#record.event;
  }
  get messageId(): string {
    return this.#record.messageId;
  }
}

/** The log stores an event once; which time it is given to a destination is said by its row. */
export function regenerated(record: LogRecord, gen: number): LogRecord {
  return gen === record.gen ? record : new Regenerated(record, gen);
}
