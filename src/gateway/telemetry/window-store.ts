/**
 * Windows of all subjects in SQLite. Rolls up, keeps for as long as `levels` says, answers history.
 * Runs in a worker; synchronous inside.
 *
 * Frames are written once every FLUSH_FRAMES seconds together with the rollups still open, so a
 * crash costs at most that many seconds, at every level.
 */
import { type Layout, layouts, type SubjectType } from './columns.ts';
import { readFrame } from './frame.ts';
import { levels, windowStart } from './levels.ts';
import { decodeWindow, emptyWindow, encodeWindow, rollInto, type Window } from './window.ts';
import { type KeptWindows, openWindowRows, type StoredTotals, type WindowRows } from './window-rows.ts';

const FLUSH_FRAMES = 10;
const PRUNE_EVERY_MS = 60_000;

export interface SubjectKey {
  readonly type: SubjectType;
  readonly id: string;
}

export interface StoredWindow {
  /** Epoch ms. */
  readonly start: number;
  readonly window: Window;
}

export interface WindowStore {
  /** Announces a subject under a number that its frames use. */
  announce(number: number, key: SubjectKey): void;
  putFrame(frame: Float64Array): void;
  putTotals(totals: StoredTotals): void;
  totals(): StoredTotals;
  /** Windows of a subject whose start lies in [from, to), ascending, with those not yet on disk. */
  read(key: SubjectKey, stepMs: number, fromMs: number, toMs: number): readonly StoredWindow[];
  /** End of the last frame, epoch ms; 0 before the first. */
  lastAt(): number;
  flush(): void;
  /** How long the coarsest windows are kept from now on, ms. */
  keepRollups(rollupMs: number): void;
  kept(): KeptWindows;
  /** Deletes stored windows that began before; answers how many there were. */
  purge(beforeMs: number, isDryRun: boolean): number;
  close(): void;
}

interface Subject {
  readonly layout: Layout;
  /** Asked for when it is first needed: a subject without a window has no row. */
  rowId(): number;
  /** Windows by step and start that are not on disk, or newer than on disk. */
  readonly dirty: ReadonlyMap<number, Map<number, Window>>;
}

/** Opens the store; `path` may be `:memory:`. Throws what SQLite throws on a damaged file. */
export function openWindowStore(path: string): WindowStore {
  const rows = openWindowRows(path);
  const byNumber = new Map<number, Subject>();
  const byKey = new Map<string, Subject>();
  let framesSinceFlush = 0;
  let lastAt = 0;
  let prunedAt = 0;
  let rollupMs = levels[2].keepMs;
  /** End of the first frame of this run: only rollups open then can already be on disk. */
  let firstAt = 0;

  function subjectOf(key: SubjectKey): Subject {
    const name = `${key.type}:${key.id}`;
    const subject = byKey.get(name) ?? createSubject(key, rows);
    byKey.set(name, subject);
    return subject;
  }

  function put(subject: Subject, at: number, window: Window): void {
    for (const { stepMs } of levels) {
      const start = windowStart(at, stepMs);
      const open = subject.dirty.get(stepMs);
      let target = open?.get(start);
      if (!target) {
        target = (start <= windowStart(firstAt, stepMs) ? begun(subject, stepMs, start) : null) ?? emptyWindow(subject.layout);
        open?.set(start, target);
      }
      rollInto(target, window, subject.layout);
    }
  }

  /** A rollup that was begun before a restart. */
  function begun(subject: Subject, stepMs: number, start: number): Window | null {
    const body = rows.get(subject.rowId(), stepMs, start);
    return body && decodeWindow(body, subject.layout);
  }

  function flush(): void {
    framesSinceFlush = 0;
    try {
      rows.transaction(() => {
        for (const { subject, stepMs, start, window } of dirtyOf(byKey.values()))
          rows.put(subject.rowId(), stepMs, start, encodeWindow(window, subject.layout));
        if (lastAt - prunedAt < PRUNE_EVERY_MS) return;
        prunedAt = lastAt;
        rows.prune(lastAt, rollupMs);
      });
    } finally {
      // Also where the disk refused: a gap in a chart is better than memory that grows until it returns.
      for (const { subject, stepMs, start } of dirtyOf(byKey.values()))
        if (start !== windowStart(lastAt, stepMs)) subject.dirty.get(stepMs)?.delete(start);
    }
  }

  return {
    announce: (number, key) => void byNumber.set(number, subjectOf(key)),
    putFrame(frame) {
      const { at, entries } = readFrame(frame, (number) => byNumber.get(number)?.layout ?? unknownSubject(number));
      firstAt ||= at;
      lastAt = Math.max(lastAt, at);
      for (const { subject, window } of entries) put(byNumber.get(subject) ?? unknownSubject(subject), at, window);
      if (++framesSinceFlush >= FLUSH_FRAMES) flush();
    },
    putTotals: rows.putTotals,
    totals: rows.totals,
    read(key, stepMs, fromMs, toMs) {
      const { rowId, layout, dirty } = subjectOf(key);
      const found = new Map(rows.range(rowId(), stepMs, fromMs, toMs).map(({ start, body }) => [start, decodeWindow(body, layout)]));
      for (const [start, window] of dirty.get(stepMs) ?? []) if (start >= fromMs && start < toMs) found.set(start, window);
      return [...found].sort(([a], [b]) => a - b).map(([start, window]) => ({ start, window }));
    },
    lastAt: () => lastAt,
    flush,
    keepRollups(keepMs) {
      rollupMs = keepMs;
    },
    kept: rows.kept,
    purge: rows.purge,
    close() {
      flush();
      rows.close();
    },
  };
}

function createSubject({ type, id }: SubjectKey, rows: WindowRows): Subject {
  let row: number | null = null;
  return {
    layout: layouts[type],
    dirty: new Map(levels.map(({ stepMs }) => [stepMs, new Map()])),
    rowId() {
      row ??= rows.subjectId(type, id);
      return row;
    },
  };
}

function* dirtyOf(subjects: Iterable<Subject>) {
  for (const subject of subjects)
    for (const [stepMs, windows] of subject.dirty) for (const [start, window] of windows) yield { subject, stepMs, start, window };
}

function unknownSubject(number: number): never {
  throw new Error(`subject ${number} was not announced`);
}
