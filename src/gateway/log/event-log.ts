/**
 * The port of the event log: write once, one cursor per destination.
 *
 * Ingest appends an event once, with a *route*: the set of destinations that want it, decided at
 * ingest. Each destination owns a durable *cursor*: everything at or below it is settled, or listed
 * in that destination's side rows (retrying, dead), or marked in its held blocks. An
 * *obligation* is (destination, seq, gen). What is in flight lives in memory only.
 *
 * Drivers (`memory`, `sqlite`) hold to `conformance.ts`. The port exposes no SQL and no
 * transaction across destinations.
 */
import type { AppError } from '#contract/errors.ts';
import type { Result } from '#contract/result.ts';
import type { EventType, GatewayEvent } from '#gateway/pipeline/event.ts';
import type { BackingUp } from './backing-up.ts';
import type { Digest } from './digest.ts';
import type { Diverting } from './diverting.ts';
import type { Erasing } from './erasing.ts';
import type { Replaying } from './replaying.ts';
import type { Retaining } from './retaining.ts';
import type { Uncertain } from './uncertain.ts';

/** A number that stands for a set of destination ordinals, interned by `route()`. */
export type RouteId = number;

export interface AppendEvent {
  readonly messageId: string;
  readonly type: EventType;
  readonly route: RouteId;
  /** Position in the body's `batch` array; -1 where the body is the event itself. */
  readonly element: number;
  /** The event parsed, kept in the tail so that lanes at the head never parse again. */
  readonly event: GatewayEvent;
}

/** What one HTTP request brought. Never split over two commits. */
export interface AppendRequest {
  readonly source: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** JSON text, UTF-8: one event, or `{ "batch": [...] }` with what the batch shares beside it. Each event has its messageId in it. Stored as it is. */
  readonly body: Uint8Array;
  readonly events: readonly AppendEvent[];
}

export interface Appended {
  /** Seq per event in the request's order. A duplicate carries the seq of the first. */
  readonly seqs: readonly number[];
  readonly accepted: number;
  readonly duplicate: number;
}

/** An event in the log as lanes read it. */
export interface LogRecord {
  readonly seq: number;
  readonly gen: number;
  readonly source: string;
  readonly messageId: string;
  readonly receivedAt: number;
  readonly route: RouteId;
  /** Its share of the stored body, bytes. */
  readonly bytes: number;
  readonly event: GatewayEvent;
}

/** Records with the destination's bit set, in seq order, and the last seq looked at (filtered ones included). */
export interface LanePage {
  readonly records: readonly LogRecord[];
  readonly through: number;
}

export interface ReadLimit {
  readonly events: number;
  readonly bytes: number;
}

/** Terminal states count; the others are rows or bits. */
export const terminalStates = ['confirmed', 'accepted', 'suppressed', 'dropped', 'diverted', 'expired'] as const;
export type TerminalState = (typeof terminalStates)[number];

export interface SideRow {
  readonly seq: number;
  readonly gen: number;
  readonly state: 'retrying' | 'dead';
  /** Attempts made. */
  readonly attempt: number;
  /** retrying: when to try next, epoch ms. dead: when it died. */
  readonly dueAt: number;
  /** Error class or reason, e.g. `server`, `rejected`, `uncertain`. */
  readonly class: string;
  /** Masked, at most 300 characters. */
  readonly detail: string;
  /** Event name, so that dead letters are found by it. Absent: not known, and kept for dead ones only. */
  readonly name?: string;
  /** retrying: the dedupe domain in which it may have arrived without a verdict: it is sent nowhere else. Absent where that is no matter. */
  readonly domain?: string;
}

export interface Tally {
  readonly count: number;
  readonly digest: Digest;
}

/**
 * One atomic step of one destination: at most 1 MB. Fenced: a stale `epoch` is refused.
 * `cursor` never falls. Every obligation that the cursor passes must appear in exactly one of
 * `tally`, `sidePut`, `heldSet`; every one taken from a side row or held bit goes to
 * exactly one of the same. The driver proves the digests (L2).
 */
export interface SettleDelta {
  readonly destination: string;
  readonly epoch: number;
  readonly cursor: number;
  readonly sidePut: readonly SideRow[];
  readonly sideRemove: readonly { readonly seq: number; readonly gen: number }[];
  /** gen 0 only. */
  readonly heldSet: readonly number[];
  readonly heldClear: readonly number[];
  /** Increments to the terminal counters. */
  readonly tally: Partial<Readonly<Record<TerminalState, Tally>>>;
  /** Seqs among those counted that were not delivered, so that it can be told of each later. Absent: none. */
  readonly ended?: Partial<Readonly<Record<Exclude<TerminalState, 'confirmed' | 'accepted'>, readonly number[]>>>;
}

export interface LaneOpened {
  readonly epoch: number;
  readonly cursor: number;
  readonly held: number;
  readonly retrying: number;
  readonly dead: number;
  /** When the earliest retrying row is due; null when there is none. */
  readonly nextRetryAt: number | null;
}

export interface LedgerView {
  readonly destination: string;
  readonly cursor: number;
  readonly head: number;
  /** Accepted by ingest since birth, routed here or not. */
  readonly total: number;
  readonly filtered: number;
  /** Recounted from the routes in (cursor, head], never by subtraction. */
  readonly waiting: number;
  readonly held: number;
  readonly retrying: number;
  readonly dead: number;
  readonly terminal: Readonly<Record<TerminalState, number>>;
  readonly replayed: number;
  readonly divertedIn: number;
  /** Broken invariants (L1 to L5) in words. Empty: balanced. */
  readonly violations: readonly string[];
}

/** What waits above the cursor. Side rows and held events are not in it. */
export interface Backlog {
  readonly events: number;
  readonly bytes: number;
  /** When the oldest waiting event was received, epoch ms; null when none. */
  readonly oldestAt: number | null;
}

export interface FoundEvent {
  readonly record: LogRecord;
  /** For each destination routed to. `waiting`: above the cursor. `settled`: below it and in no side table. */
  readonly places: readonly {
    readonly destination: string;
    readonly state: 'filtered' | 'waiting' | 'held' | 'retrying' | 'dead' | 'settled';
    readonly row: SideRow | null;
  }[];
}

export interface LogStats {
  readonly bytes: number;
  readonly segments: number;
  readonly diskFreeBytes: number | null;
  readonly dedupeEntries: number;
  /** The span in which duplicates are recognised now, ms. */
  readonly dedupeWindowMs: number;
  /** Samples since the last call, ms. */
  readonly commitMs: readonly number[];
  readonly settleMs: readonly number[];
}

/** Told of each commit: the new head, and the destinations that something of it is routed to. */
export type CommitListener = (head: number, destinations: readonly string[]) => void;

export interface EventLog extends BackingUp, Erasing, Retaining {
  readonly durability: 'fsync' | 'replicated' | 'memory';
  /** Dead letters and replays. */
  readonly replaying: Replaying;
  readonly diverting: Diverting;

  /**
   * The durable clock, epoch ms: the wall clock, slewed so that it never runs below a time that was
   * already written. Times that are stored (receivedAt, dueAt) are taken from here.
   */
  now(): number;
  /** The same clock with fractions, for what is measured rather than stored. */
  preciseNow(): number;
  /** Last seq durably written; 0 when empty. */
  head(): number;
  /** Gives a destination its ordinal (never reused; stable over restarts) and its birth at the head. Idempotent. */
  register(destination: string): Promise<number>;
  /** Closes a destination's ledger: all its obligations become `dropped` (deleted). */
  retire(destination: string): Promise<void>;
  /** Interns a set of ordinals. */
  route(ordinals: readonly number[]): RouteId;

  /** Why ingest must be refused before a body is read, or null. Cheap. */
  refusal(): AppError | null;
  /** Resolves after the commit that holds it is durable. Group commit, dedupe by (source, messageId) inside. */
  append(request: AppendRequest): Promise<Result<Appended>>;

  /**
   * Takes the lane under a new epoch; the former owner's settles are refused from now on, and survive a loss of power.
   * Retrying rows among `uncertain` that have no dedupe domain get its.
   */
  open(destination: string, uncertain?: Uncertain | null): Promise<LaneOpened>;
  /** Reads after `after` from the shared tail; `evicted` where it no longer holds that seq (then use `readDisk`). */
  readTail(destination: string, after: number, limit: ReadLimit): LanePage | 'evicted';
  readDisk(destination: string, after: number, limit: ReadLimit): Promise<LanePage>;
  /** Certain records, for retries and held events. Missing ones (truncated) are left out; of an erased one nothing is left but seq, route and type. */
  readSeqs(destination: string, seqs: readonly number[]): Promise<readonly LogRecord[]>;
  /** Calls back after each commit. Returns the unsubscriber. */
  watch(listener: CommitListener): () => void;

  /**
   * Throws `StaleEpoch` where another owner has the lane, `SettleRefused` where the delta breaks a rule
   * (both are final), and an `AppFailure` where the store cannot write (may be tried again as it is).
   */
  settle(delta: SettleDelta): Promise<void>;
  /** Retrying rows due at or before `atMs`, earliest first. */
  dueRetries(destination: string, atMs: number, limit: number): Promise<readonly SideRow[]>;
  nextRetryAt(destination: string): Promise<number | null>;
  /** Held seqs after `after`, ascending. */
  heldSeqs(destination: string, after: number, limit: number): Promise<readonly number[]>;
  deadLetters(
    destination: string,
    afterSeq: number,
    limit: number,
  ): Promise<{ readonly total: number; readonly rows: readonly { readonly row: SideRow; readonly record: LogRecord | null }[] }>;

  /** Cheap; from running totals. For a lane that lags far, `oldestAt` may be that of the call before. */
  backlog(destination: string): Backlog;
  /** Exact; recounts and checks the invariants. */
  ledger(destination: string): Promise<LedgerView>;
  /** All events with this message id (one per source at most, unless outside the dedupe window). */
  find(messageId: string, source?: string): Promise<readonly FoundEvent[]>;
  stats(): LogStats;
  /** Unlinks whole segments whose events are all older than `olderThanMs` (an age) and that every cursor has passed; bodies still referred to are rescued first. With `keepBytes`, stops once the log takes no more than that. Returns bytes freed. */
  truncate(olderThanMs: number, keepBytes?: number): Promise<number>;
  /** Resolves when what was appended and settled before is durable, then releases files and workers. */
  close(): Promise<void>;
}
