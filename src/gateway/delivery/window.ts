/**
 * The obligations of one lane that are in memory: read from the log above the cursor, taken up from
 * side rows, or taken up from held bits.
 *
 *   pending ──dispatched──▶ flying ──outcome──▶ done
 *    ▲   ▲                      │
 *    │   └── withdrawn, split ──┘
 *   waiting (strict order: for an earlier event of its user)
 *
 * Entries from the log lie in seq order. The cursor may pass an entry only when it is done, so
 * work finished above an unfinished one waits uncounted. So that one hung request never freezes a lane,
 * a flying entry that blocks others is *detached*: a retrying row (attempt unchanged) is written,
 * the cursor passes, and from then on the entry counts as taken up from that row. One that waits is detached at once.
 */
import type { LogRecord, SideRow, TerminalState } from '#gateway/log/event-log.ts';
import type { DeltaBuilder } from './delta.ts';

export interface Entry {
  readonly record: LogRecord;
  /** Where it is durable at present. */
  origin: 'log' | 'row' | 'held';
  /** Attempts made. */
  attempt: number;
  phase: 'pending' | 'waiting' | 'reserving' | 'flying' | 'done';
  /** When its first byte left, epoch ms. */
  flyingSince: number;
  /** Its row says that it is being sent: to be tried once. */
  isReserved: boolean;
  /** Dedupe domain in which it may have arrived without a verdict; null: nowhere, or it is no matter. */
  domain: string | null;
  /** While it flies: the dedupe domain that it flies to; null where that is no matter. */
  flyingTo: string | null;
  /** Set once done. */
  end: End | null;
}

export type End =
  | { readonly to: 'terminal'; readonly state: TerminalState }
  | { readonly to: 'held' }
  | { readonly to: 'row'; readonly row: SideRow };

export function entryOf(record: LogRecord, origin: Entry['origin'], attempt = 0): Entry {
  return { record, origin, attempt, phase: 'pending', flyingSince: 0, isReserved: false, domain: null, flyingTo: null, end: null };
}

/** Epoch ms. */
export interface DetachTimes {
  readonly now: number;
  /** What flies since before this is detached. */
  readonly blockedBefore: number;
  /** When it is tried again if nothing is heard of it until then, which can only be after a restart. */
  readonly dueAt: number;
}

export interface LaneWindow {
  /** Entries read from the log that the cursor has not passed. */
  readonly size: number;
  /** Their share of the stored bodies. */
  readonly bytes: number;
  /** Last seq looked at. */
  readonly through: number;
  readonly cursor: number;
  add(entries: readonly Entry[], through: number): void;
  /** Takes note that an entry ended; writes to the delta at once unless the cursor must pass it first. */
  finish(entry: Entry, end: End, delta: DeltaBuilder): void;
  /** Moves the cursor over what is done, as far as the delta has room; detaches, and returns, what flies for too long or waits. */
  advance(delta: DeltaBuilder, maxItems: number, times: DetachTimes): readonly Entry[];
  /**
   * Empties a lane that stands still and has nothing flying: pending entries at the end are forgotten, to
   * be read again; those before a done one are detached. Frees the memory, and leaves nothing uncounted.
   */
  standStill(delta: DeltaBuilder, dueAt: number): void;
}

/** Class of the row of an event that is being sent, and must not be sent twice. */
export const sendingClass = 'sending';

const detached = {
  flying: { class: 'uncertain', detail: 'still in flight when the lane moved on' },
  waiting: { class: 'order', detail: 'waits for an earlier event of the same user' },
  reserving: { class: sendingClass, detail: 'being sent; its destination wants no second try' },
  unsent: { class: 'retry', detail: 'not sent yet when the lane stopped' },
} as const;

/** Writes how an entry ended, whatever it was durable as. */
function write(entry: Entry, end: End, delta: DeltaBuilder): void {
  const { seq, gen } = entry.record;
  if (end.to === 'held' && entry.origin === 'held') return;
  if (entry.origin === 'held') delta.unhold(seq);
  if (end.to === 'row') {
    const row = end.row.state === 'dead' ? { ...end.row, name: entry.record.event.name } : end.row;
    return delta.putRow(row, entry.origin !== 'row');
  }
  if (entry.origin === 'row') delta.removeRow(seq, gen);
  if (end.to === 'held') delta.hold(seq);
  else delta.terminal(end.state, seq, gen);
}

const asideMs = 10_000;

/** What a switch holds of a later generation stays a row and is asked again: a held bit knows no generation. */
export function putAside({ record: { seq, gen }, attempt, domain }: Entry, now: number): End {
  const detail = 'held by a switch';
  return {
    to: 'row',
    row: { seq, gen, state: 'retrying', attempt, dueAt: now + asideMs, class: 'held', detail, ...(domain === null ? {} : { domain }) },
  };
}

/** Makes or rewrites the row of an entry that is not settled, so that the cursor can pass it. */
function putOpenRow(entry: Entry, as: keyof typeof detached, delta: DeltaBuilder, dueAt: number): void {
  const { seq, gen } = entry.record;
  const domain = entry.domain ?? entry.flyingTo;
  const known = domain === null ? {} : { domain };
  write(entry, { to: 'row', row: { seq, gen, state: 'retrying', attempt: entry.attempt, dueAt, ...detached[as], ...known } }, delta);
  entry.origin = 'row';
  entry.isReserved = as === 'reserving';
}

/** The row of an entry that is held or was to be tried again says from now on that it is being sent. */
export function reserve(entry: Entry, delta: DeltaBuilder, now: number): void {
  putOpenRow(entry, 'reserving', delta, now);
}

/** Takes a reservation back: nothing was sent. */
export function unreserve(entry: Entry, delta: DeltaBuilder, now: number): void {
  if (entry.isReserved) putOpenRow(entry, 'unsent', delta, now);
}

const isUnsent = ({ phase }: Entry) => phase !== 'flying' && phase !== 'done';

export function createWindow(cursorAtStart: number): LaneWindow {
  let entries: (Entry | null)[] = [];
  let first = 0;
  let bytes = 0;
  let through = cursorAtStart;
  let cursor = cursorAtStart;

  function compact(): void {
    if (first < 1024 || first * 2 < entries.length) return;
    entries = entries.slice(first);
    first = 0;
  }

  return {
    get size() {
      return entries.length - first;
    },
    get bytes() {
      return bytes;
    },
    get through() {
      return through;
    },
    get cursor() {
      return cursor;
    },
    add(added, upTo) {
      for (const entry of added) {
        entries.push(entry);
        bytes += entry.record.bytes;
      }
      through = upTo;
      if (first === entries.length) cursor = through;
    },
    finish(entry, end, delta) {
      if (entry.phase === 'done') throw new Error(`seq ${entry.record.seq} ended twice`);
      entry.phase = 'done';
      entry.end = end;
      if (entry.origin !== 'log') write(entry, end, delta);
    },
    advance(delta, maxItems, { now, blockedBefore, dueAt }) {
      const passed: Entry[] = [];
      while (first < entries.length && delta.items < maxItems) {
        const entry = entries[first] as Entry;
        if (entry.phase === 'done' && entry.end) {
          if (entry.origin === 'log') write(entry, entry.end, delta);
        } else if (entry.phase === 'waiting' || entry.phase === 'reserving') {
          putOpenRow(entry, entry.phase, delta, now);
          passed.push(entry);
        } else if (entry.phase === 'flying' && entry.flyingSince < blockedBefore) {
          putOpenRow(entry, 'flying', delta, dueAt);
          passed.push(entry);
        } else break;
        bytes -= entry.record.bytes;
        // Nothing keeps what the cursor has passed.
        entries[first++] = null;
      }
      cursor = first < entries.length ? (entries[first] as Entry).record.seq - 1 : through;
      compact();
      return passed;
    },
    standStill(delta, dueAt) {
      while (entries.length > first && isUnsent(entries.at(-1) as Entry)) {
        through = (entries.pop() as Entry).record.seq - 1;
      }
      for (let i = first; i < entries.length; i++) {
        const entry = entries[i] as Entry;
        if (entry.phase === 'done' && entry.end) write(entry, entry.end, delta);
        else putOpenRow(entry, entry.phase === 'flying' ? 'flying' : 'unsent', delta, dueAt);
      }
      entries = [];
      first = 0;
      bytes = 0;
      cursor = through;
    },
  };
}
