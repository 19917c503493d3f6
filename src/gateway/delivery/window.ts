/**
 * The obligations of one lane that are in memory: read from the log above the cursor, taken up from
 * side rows, or taken up from held bits.
 *
 *   pending ──dispatched──▶ flying ──outcome──▶ done
 *      ▲                      │
 *      └── withdrawn, split ──┘
 *
 * Entries from the log lie in seq order. The cursor may pass an entry only when it is done, so
 * work finished above an unfinished one waits uncounted. So that one hung request never freezes a lane,
 * a flying entry that blocks others is *detached*: a retrying row (attempt unchanged) is written,
 * the cursor passes, and from then on the entry counts as taken up from that row.
 */
import type { LogRecord, SideRow, TerminalState } from '#gateway/log/event-log.ts';
import type { DeltaBuilder } from './delta.ts';

export interface Entry {
  readonly record: LogRecord;
  /** Where it is durable at present. */
  origin: 'log' | 'row' | 'held';
  /** Attempts made. */
  attempt: number;
  phase: 'pending' | 'flying' | 'done';
  /** When its first byte left, epoch ms. */
  flyingSince: number;
  /** Set once done. */
  end: End | null;
}

export type End =
  | { readonly to: 'terminal'; readonly state: TerminalState }
  | { readonly to: 'held' }
  | { readonly to: 'row'; readonly row: SideRow };

export function entryOf(record: LogRecord, origin: Entry['origin'], attempt = 0): Entry {
  return { record, origin, attempt, phase: 'pending', flyingSince: 0, end: null };
}

export interface LaneWindow {
  /** Entries read from the log that the cursor has not passed. */
  readonly size: number;
  /** Last seq looked at. */
  readonly through: number;
  readonly cursor: number;
  add(entries: readonly Entry[], through: number): void;
  /** Takes note that an entry ended; writes to the delta at once unless the cursor must pass it first. */
  finish(entry: Entry, end: End, delta: DeltaBuilder): void;
  /** Moves the cursor over what is done, as far as the delta has room; detaches, and returns, flying entries that started before `blockedBefore`. */
  advance(delta: DeltaBuilder, maxItems: number, blockedBefore: number, dueAt: number): readonly Entry[];
  /**
   * Empties a lane that stands still and has nothing flying: pending entries at the end are forgotten, to
   * be read again; those before a done one are detached. Frees the memory, and leaves nothing uncounted.
   */
  standStill(delta: DeltaBuilder, dueAt: number): void;
}

const detachedDetail = 'still in flight when the lane moved on';

/** Writes how an entry ended, whatever it was durable as. */
function write(entry: Entry, end: End, delta: DeltaBuilder): void {
  const { seq, gen } = entry.record;
  if (end.to === 'held' && entry.origin === 'held') return;
  if (entry.origin === 'held') delta.unhold(seq);
  if (end.to === 'row') return delta.putRow(end.row, entry.origin !== 'row');
  if (entry.origin === 'row') delta.removeRow(seq, gen);
  if (end.to === 'held') delta.hold(seq);
  else delta.terminal(end.state, seq, gen);
}

/** Makes a row of an entry that is still in flight, so that the cursor can pass it. */
function detach(entry: Entry, delta: DeltaBuilder, dueAt: number): void {
  const row: SideRow = {
    seq: entry.record.seq,
    gen: entry.record.gen,
    state: 'retrying',
    attempt: entry.attempt,
    dueAt,
    class: 'uncertain',
    detail: detachedDetail,
  };
  delta.putRow(row, true);
  entry.origin = 'row';
}

export function createWindow(cursorAtStart: number): LaneWindow {
  let entries: (Entry | null)[] = [];
  let first = 0;
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
    get through() {
      return through;
    },
    get cursor() {
      return cursor;
    },
    add(added, upTo) {
      for (const entry of added) entries.push(entry);
      through = upTo;
      if (first === entries.length) cursor = through;
    },
    finish(entry, end, delta) {
      if (entry.phase === 'done') throw new Error(`seq ${entry.record.seq} ended twice`);
      entry.phase = 'done';
      entry.end = end;
      if (entry.origin !== 'log') write(entry, end, delta);
    },
    advance(delta, maxItems, blockedBefore, dueAt) {
      const detached: Entry[] = [];
      while (first < entries.length && delta.items < maxItems) {
        const entry = entries[first] as Entry;
        if (entry.phase === 'done' && entry.end) {
          if (entry.origin === 'log') write(entry, entry.end, delta);
        } else if (entry.phase === 'flying' && entry.flyingSince < blockedBefore) {
          detach(entry, delta, dueAt);
          detached.push(entry);
        } else break;
        // Nothing keeps what the cursor has passed.
        entries[first++] = null;
      }
      cursor = first < entries.length ? (entries[first] as Entry).record.seq - 1 : through;
      compact();
      return detached;
    },
    standStill(delta, dueAt) {
      while (entries.length > first && (entries.at(-1) as Entry).phase === 'pending') {
        through = (entries.pop() as Entry).record.seq - 1;
      }
      for (let i = first; i < entries.length; i++) {
        const entry = entries[i] as Entry;
        if (entry.phase === 'done' && entry.end) write(entry, entry.end, delta);
        else detach(entry, delta, dueAt);
      }
      entries = [];
      first = 0;
      cursor = through;
    },
  };
}
