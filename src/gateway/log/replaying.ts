/**
 * The part of the log's port that works on side rows from outside a lane: search in dead letters, replay, edit,
 * discard, and what can be told of one event.
 *
 * A seq names a dead letter: one obligation of it is open at a destination, or none (and where others divert the same event
 * here, they are worked on together). A *replay* of a dead letter
 * makes it retrying again; of what is settled or was filtered it *mints* an obligation under the replay's own
 * generation, a number that each replay of a destination gets for itself: so no (seq, gen) is ever given twice. What
 * waits, is held or is retrying is left alone.
 *
 * All steps are fenced by the lane's epoch like a settle, decided where the rows are, and atomic: a replay's cursor
 * moves with the rows it gives. So a replay goes on after a crash where it was, and gives nothing twice.
 */
import type { SideRow, TerminalState } from './event-log.ts';

/** Which dead letters are meant. Absent parts fit all. */
export interface DeadFilter {
  readonly class?: string | undefined;
  /** Event name. */
  readonly name?: string | undefined;
  /** Died at or after, epoch ms. */
  readonly fromMs?: number | undefined;
  /** Died before, epoch ms. */
  readonly toMs?: number | undefined;
  /** In the detail, in any case. */
  readonly text?: string | undefined;
}

export interface DeadSearch {
  readonly destination: string;
  readonly filter: DeadFilter;
  /** oldest: seqs above `from`, ascending. newest: seqs below it, descending. */
  readonly order: 'oldest' | 'newest';
  readonly from: number;
  readonly limit: number;
}

export interface DeadFound {
  readonly rows: readonly SideRow[];
  /** Looked at up to here; `from` of the next search. May come with fewer rows than asked for, or none. */
  readonly through: number;
  readonly isOver: boolean;
}

export interface DeadCount {
  readonly count: number;
  /** Rows by class, and by event name; '' where the name is not known. */
  readonly classes: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<string, number>;
}

/** What of a stretch of the log a destination was given, and what of that is open. */
export interface RangeCount {
  readonly routed: number;
  readonly retrying: number;
  readonly dead: number;
  readonly held: number;
}

/** Where a replay stands. given = delivered + failed + ended + open. */
export interface ReplayState {
  readonly id: string;
  /** Generation of what it mints. */
  readonly gen: number;
  /** Every seq up to here was looked at. */
  readonly cursor: number;
  /** Cursor of the lane when the replay began: nothing above it is given. */
  readonly limit: number;
  readonly given: number;
  readonly skipped: number;
  readonly delivered: number;
  /** Dead again. */
  readonly failed: number;
  /** Neither: suppressed, dropped, diverted, expired, or held by a switch. */
  readonly ended: number;
  readonly open: number;
}

export interface GiveStep {
  readonly id: string;
  /** The replay's cursor afterwards. */
  readonly through: number;
  /** Above the replay's cursor, ascending. */
  readonly seqs: readonly number[];
  /** When to send them, epoch ms. */
  readonly dueAt: number;
  /** Whether what is settled or was filtered is given too, or dead letters only. */
  readonly mints: boolean;
}

export interface Given {
  readonly replay: ReplayState;
  /** Dead letters that are retrying now. */
  readonly retried: number;
  readonly minted: number;
  readonly skipped: number;
}

/** A dead letter that an edited copy replaces. */
export interface OpenEdit {
  readonly seq: number;
  readonly gen: number;
  /** Message id of the copy. */
  readonly child: string;
}

/** How an obligation ended that was not delivered. */
export type Exception = Exclude<TerminalState, 'confirmed' | 'accepted'>;
export const exceptions = ['suppressed', 'dropped', 'diverted', 'expired'] as const satisfies readonly Exception[];

/** What can be told of one seq at a destination beside its place. */
export interface Life {
  /** How its last obligation ended, if it has ended and is known: what came before this was recorded is not. */
  readonly outcome: 'delivered' | Exception | null;
  /** The replays that gave it anew, oldest first. */
  readonly replays: readonly { readonly id: string; readonly gen: number }[];
  /** Message id of the edited copy that replaced it. */
  readonly child: string | null;
}

export interface Replaying {
  /** One page, or less: a bounded piece of work. Loop over `through` until `isOver`. */
  searchDead(search: DeadSearch): Promise<DeadFound>;
  /** Counts all that fit, in steps that hold up nothing else. */
  countDead(destination: string, filter: DeadFilter): Promise<DeadCount>;
  /** Of (after, through]. */
  countRange(destination: string, after: number, through: number): Promise<RangeCount>;
  life(destination: string, seq: number): Promise<Life>;

  /** Replays of a destination, oldest first. From memory. */
  replays(destination: string): readonly ReplayState[];
  /** Begins a replay, or answers where it stands. Like all that follow, throws `StaleEpoch` where another owner has the lane. */
  openReplay(destination: string, epoch: number, id: string): Promise<ReplayState>;
  give(destination: string, epoch: number, step: GiveStep): Promise<Given>;
  /** Ends dead letters, as dropped unless told. Returns how many of them there were. */
  discardDead(destination: string, epoch: number, seqs: readonly number[], as?: Exception): Promise<number>;

  /**
   * Claims a dead letter for an edited copy, synced to the disk when it resolves: no replay or discard touches it until
   * `endEdit`. Then the copy is appended. False where there is no such dead letter, or it is claimed already.
   */
  beginEdit(destination: string, epoch: number, seq: number, child: string): Promise<boolean>;
  /** Ends the dead letter as dropped where the copy is in the log, or gives it free. Returns whether it was claimed. */
  endEdit(destination: string, epoch: number, child: string, isAppended: boolean): Promise<boolean>;
  /** What a crash may have left between `beginEdit` and `endEdit`. */
  openEdits(destination: string): Promise<readonly OpenEdit[]>;
}
