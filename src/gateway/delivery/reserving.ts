/**
 * Sending at most once. A vendor that cannot recognise a resend, and a destination that wants none, leave one way: what is
 * about to be sent is written down as *being sent* first. What a crash leaves in that state becomes a dead letter,
 * because the vendor may have it.
 *
 *   pending ──▶ reserving ──row durable──▶ ready ──▶ flying
 *
 * Costs one more write an event, and the wait for it; so only such destinations have it.
 */
import type { Intake } from './intake.ts';
import { Queue } from './queue.ts';
import type { Settling } from './settling.ts';
import { type Entry, reserve } from './window.ts';

export class Reservations {
  readonly #reserve: (entry: Entry) => void;
  readonly #most: number;
  readonly #writing = new Set<Entry>();
  /** Their rows are durable: they may be sent. */
  readonly ready = new Queue<Entry>();

  /** @param most entries that may be written or ready at once @param reserve makes the row, which is durable some time later */
  constructor(most: number, reserve: (entry: Entry) => void) {
    this.#most = most;
    this.#reserve = reserve;
  }

  get hasRoom(): boolean {
    return this.#writing.size + this.ready.size < this.#most;
  }

  begin(entries: readonly Entry[]): void {
    for (const entry of entries) {
      entry.phase = 'reserving';
      this.#writing.add(entry);
      this.#reserve(entry);
    }
  }

  /** The row of an entry is durable. */
  done(entry: Entry): void {
    if (!this.#writing.delete(entry)) return;
    entry.phase = 'pending';
    this.ready.push(entry);
  }

  /** Empties it and returns what was in it. */
  clear(): Entry[] {
    const all = [...this.#writing, ...this.ready.clear()];
    this.#writing.clear();
    for (const entry of all) entry.phase = 'pending';
    return all;
  }
}

/** Writes down that an entry is being sent. One from the log has its row written as the cursor passes it; others have one, or a held bit. */
export function writeReservation(entry: Entry, intake: Intake, settling: Settling, now: number): void {
  const key = intake.keyOf(entry);
  if (key === null) return;
  reserve(entry, settling.delta, now);
  const rowKey = intake.keyOf(entry) as string;
  if (rowKey !== key) settling.ends(key);
  intake.take(rowKey, entry.record.bytes);
  settling.reserves(entry);
}
