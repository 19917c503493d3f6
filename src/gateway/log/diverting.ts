/**
 * The part of the log's port that gives events of one destination to another.
 *
 * `divert` writes a retrying row at the target, under a generation of its own, and remembers at the target that it was
 * given the event, and at the origin that it gave it away. Then the origin settles the event as `diverted`. Between the two
 * the process may die: the event is then owed by the origin still, and known as given away. It is settled as diverted
 * when the origin opens again (`unsettled`), whatever the switches say by then. Diverting it again changes nothing. So nothing is
 * lost and nothing is given twice, without a transaction over two destinations.
 *
 * A target is given an event once, whoever gives it; and never one that it gets by its own route. Such an event is settled as
 * diverted all the same: it is where it was to go.
 */
import type { LogRecord, SideRow } from './event-log.ts';
import { SettleRefused } from './settle-refused.ts';

/** The generation of events that were diverted here. Replays number theirs from 1. */
export const divertedGen = 2 ** 30;

export interface Diversion {
  readonly origin: string;
  /** Of the origin's lane. */
  readonly epoch: number;
  readonly to: string;
  /** Waiting, held or retrying at the origin. At most 4,096. */
  readonly events: readonly Pick<LogRecord, 'seq' | 'route'>[];
  /** When the target may send them, epoch ms. */
  readonly dueAt: number;
}

export interface Diverting {
  /**
   * Answers how many events are new at the target, or `gone` where there is no such destination; then nothing was done. Throws
   * `StaleEpoch` where another owner has the origin's lane, `SettleRefused` where the origin does not owe an event, and an
   * `AppFailure` where the store cannot write (may be tried again as it is).
   */
  divert(diversion: Diversion): Promise<number | 'gone'>;
  /** Seqs that were given away and are not settled as diverted yet, ascending. */
  unsettled(origin: string): Promise<readonly number[]>;
}

/** The row of an event at the destination that it is given to. */
export function divertedRow(seq: number, dueAt: number): SideRow {
  return { seq, gen: divertedGen, state: 'retrying', attempt: 0, dueAt, class: 'diverted', detail: 'diverted from another destination' };
}

/** What a driver knows of one event of a diversion. */
export interface DivertedEvent {
  readonly seq: number;
  /** The origin owes it: it waits, is held or is retried there. */
  readonly isOwed: boolean;
  /** The target gets it by its own route, was given it before, or has it open after a replay. */
  readonly isThere: boolean;
  readonly isGivenAway: boolean;
}

export interface DiversionPlan {
  /** Given away from now on. */
  readonly away: readonly number[];
  /** New at the target. */
  readonly given: readonly number[];
}

/** The rules of a diversion, the same for every driver. */
export function planDiversion(origin: string, events: readonly DivertedEvent[]): DiversionPlan {
  const away: number[] = [];
  const given: number[] = [];
  const seen = new Set<number>();
  for (const { seq, isOwed, isThere, isGivenAway } of events) {
    if (seen.has(seq)) throw new SettleRefused(`the diversion names seq ${seq} twice`);
    seen.add(seq);
    if (!isOwed) throw new SettleRefused(`${origin} does not owe seq ${seq} and cannot divert it`);
    if (isGivenAway) continue;
    away.push(seq);
    if (!isThere) given.push(seq);
  }
  return { away, given };
}
