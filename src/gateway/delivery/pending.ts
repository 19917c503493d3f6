/** What a lane has in memory and has not sent yet, and what of it goes next. */
import { endOfFate, type FlightHost } from './flight.ts';
import { batchSizeOf, isAtMostOnce } from './lane-spec.ts';
import { Queue } from './queue.ts';
import { Reservations } from './reserving.ts';
import type { Entry } from './window.ts';

/** Bytes of stored bodies that are encoded at once: the loop that all lanes share stands still meanwhile. */
const maxBatchBytes = 1024 * 1024;
/** Events that may be written down as being sent and are not sent yet. */
const maxReserved = 4096;

type PendingHost = Pick<FlightHost, 'spec' | 'rules' | 'freshness' | 'now' | 'ended' | 'divert' | 'reserve'>;

export class Pending {
  readonly #host: PendingHost;
  readonly #isOneByOne: () => boolean;
  readonly batchSize: number;
  /** Entries in the order in which they came. */
  readonly #entries = new Queue<Entry>();
  /** Sets that must travel as they are: halves of a refused batch, requests that found no place. */
  readonly #groups = new Queue<Entry[]>();
  /** Null where a second try does no harm, or is wanted. */
  readonly #reservations: Reservations | null;

  constructor(host: PendingHost, isOneByOne: () => boolean) {
    this.#host = host;
    this.#isOneByOne = isOneByOne;
    const { spec } = host;
    this.batchSize = batchSizeOf(spec);
    const mostReserved = Math.min(maxReserved, this.batchSize * spec.destination.delivery.concurrency);
    this.#reservations = isAtMostOnce(spec) ? new Reservations(mostReserved, host.reserve) : null;
  }

  /** Without what was set aside. */
  get size(): number {
    return this.#entries.size;
  }
  push(entry: Entry): void {
    this.#entries.push(entry);
  }
  /** What was taken and must go as it is. */
  setAside(entries: readonly Entry[]): void {
    this.#groups.push([...entries]);
  }
  setAsideInHalves(entries: readonly Entry[]): void {
    const middle = Math.ceil(entries.length / 2);
    this.setAside(entries.slice(0, middle));
    if (entries.length > middle) this.setAside(entries.slice(middle));
  }
  /** The row of an entry is durable that says that it is being sent. */
  reserved(entry: Entry): void {
    this.#reservations?.done(entry);
  }

  /** Empties it; entries stay pending wherever they are durable. */
  clear(): Entry[] {
    return [...this.#groups.clear().flat(), ...this.#entries.clear(), ...(this.#reservations?.clear() ?? [])];
  }

  /** Takes out what is durable in the log alone: it keeps the cursor where it is. */
  takeFromLog(): Entry[] {
    const isFromLog = ({ origin }: Entry) => origin === 'log';
    const all = this.#entries.clear();
    for (const entry of all) if (!isFromLog(entry)) this.#entries.push(entry);
    const taken = all.filter(isFromLog);
    for (const group of this.#groups.clear()) {
      taken.push(...group.filter(isFromLog));
      const kept = group.filter((entry) => !isFromLog(entry));
      if (kept.length > 0) this.#groups.push(kept);
    }
    return taken;
  }

  /** Ends what waits here and may not be sent any more. */
  sweep(): void {
    for (const group of this.#groups.clear()) {
      const entries = this.stillFlowing(group);
      if (entries.length > 0) this.#groups.push(entries);
    }
    for (const queue of [this.#entries, this.#reservations?.ready])
      for (const entry of this.stillFlowing(queue?.clear() ?? [])) queue?.push(entry);
  }

  /** What goes next; empty where nothing does. `readySince`: entries read before this may go in a batch that is not full. */
  next(readySince: number): Entry[] {
    const group = this.#groups.take(1)[0];
    if (group) return this.stillFlowing(group);
    return this.#reservations ? this.#nextReserved(this.#reservations, readySince) : this.#nextBatch(readySince);
  }

  #nextBatch(readySince: number): Entry[] {
    while (this.#entries.size > 0) {
      const length = this.#batchLength();
      const isFull = length === this.batchSize || length < this.#entries.size;
      if (!isFull && (this.#entries.peek() as Entry).record.receivedAt > readySince) return [];
      const entries = this.stillFlowing(this.#entries.take(length));
      if (entries.length > 0) return entries;
    }
    return [];
  }

  /** How many make the next batch: by count and by bytes. */
  #batchLength(): number {
    const most = Math.min(this.#entries.size, this.#isOneByOne() ? 1 : this.batchSize);
    let bytes = 0;
    for (let index = 0; index < most; index++) {
      bytes += this.#entries.at(index)?.record.bytes ?? 0;
      if (bytes > maxBatchBytes && index > 0) return index;
    }
    return most;
  }

  /** Has what is pending written down, and gives what is. */
  #nextReserved(reservations: Reservations, readySince: number): Entry[] {
    while (reservations.hasRoom) {
      const entries = this.#nextBatch(readySince);
      if (entries.length === 0) break;
      reservations.begin(entries);
    }
    const { ready } = reservations;
    return this.stillFlowing(ready.take(Math.min(ready.size, this.#isOneByOne() ? 1 : this.batchSize)));
  }

  /** Ends what a switch decided since the entry was read, and what grew too old. */
  stillFlowing(entries: Entry[]): Entry[] {
    const host = this.#host;
    const { rules } = host.rules();
    const { deadline } = host.freshness;
    if (rules.isPlain && deadline === null) return entries;
    const now = host.now();
    return entries.filter((entry) => {
      const fate = rules.isPlain ? 'flow' : rules.fateOf(entry.record);
      if (fate === 'divert') host.divert(entry);
      else if (fate !== 'flow') host.ended(entry, endOfFate(fate));
      else if (deadline?.(entry.record, now)) host.freshness.tooOld(entry);
      else return true;
      return false;
    });
  }
}
