/** Pure: what a blast radius adds up to, and what opening offers with its counts. */
import type { BacklogChoice, SwitchMode } from '#contract/documents/switch.ts';
import type { BlastRadius } from '#contract/operations/switches.ts';

export type BlastRow = BlastRadius['destinations'][number];

export interface BlastTotals {
  readonly destinations: number;
  readonly eventsPerMinute: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly held: number;
  readonly retrying: number;
  /** Given by replays under way, at most. */
  readonly replaysLeft: number;
  readonly tooOld: number;
  readonly possiblyTwice: number;
  /** The first budget to be full, ms; null when none fills. */
  readonly budgetFullInMs: number | null;
  /** The slowest drain, ms; null when one of them is unknown. */
  readonly drainEtaMs: number | null;
  /** Destinations whose vendor sends messages to people. */
  readonly messaging: readonly string[];
}

export function totalsOf({ destinations }: BlastRadius): BlastTotals {
  const sum = (read: (row: BlastRow) => number) => destinations.reduce((total, row) => total + read(row), 0);
  const budgets = destinations.flatMap((row) => (row.budgetFullInMs === null ? [] : [row.budgetFullInMs]));
  const isEtaKnown = destinations.every((row) => row.drainEtaMs !== null);
  return {
    destinations: destinations.length,
    eventsPerMinute: sum((row) => row.eventsPerMinute),
    inFlight: sum((row) => row.inFlight),
    waiting: sum((row) => row.waiting),
    held: sum((row) => row.held),
    retrying: sum((row) => row.retrying),
    replaysLeft: sum((row) => row.replaysLeft ?? 0),
    tooOld: sum((row) => row.tooOld),
    possiblyTwice: sum((row) => row.possiblyTwice),
    budgetFullInMs: budgets.length === 0 ? null : Math.min(...budgets),
    drainEtaMs: isEtaKnown ? Math.max(0, ...destinations.map((row) => row.drainEtaMs ?? 0)) : null,
    messaging: destinations.filter((row) => row.messagesPeople).map((row) => row.destination),
  };
}

export type ChoiceId = BacklogChoice['choice'];
export const choiceIds: readonly ChoiceId[] = ['drain', 'newer', 'fromNow', 'discard'];

/** What one way of opening does to the backlog, in events. */
export interface ChoiceCounts {
  readonly sends: number;
  /** True where `sends` is an upper bound: how many are young enough is only known when they are read. */
  readonly isSendsAtMost: boolean;
  readonly keeps: number;
  readonly isKeepsAtMost: boolean;
  readonly loses: number;
  /** ms until what is sent is through; null if unknown. */
  readonly etaMs: number | null;
}

/** Counts of a choice. The backlog is what waits plus what is held; what retries goes on by its own schedule either way. */
export function countsOf(choice: ChoiceId, totals: BlastTotals): ChoiceCounts {
  const backlog = totals.waiting + totals.held;
  switch (choice) {
    case 'drain':
      return { sends: backlog, isSendsAtMost: false, keeps: 0, isKeepsAtMost: false, loses: 0, etaMs: totals.drainEtaMs };
    case 'newer':
      return { sends: backlog, isSendsAtMost: true, keeps: backlog, isKeepsAtMost: true, loses: 0, etaMs: totals.drainEtaMs };
    case 'fromNow':
      return { sends: 0, isSendsAtMost: false, keeps: backlog, isKeepsAtMost: false, loses: 0, etaMs: 0 };
    case 'discard':
      return { sends: 0, isSendsAtMost: false, keeps: 0, isKeepsAtMost: false, loses: backlog, etaMs: 0 };
  }
}

/** Whether a choice sends anything that waited. */
export function isReleasing(choice: ChoiceId): boolean {
  return choice === 'drain' || choice === 'newer';
}

/** The choice offered first. A vendor that messages people never starts with one that sends the backlog. */
export function defaultChoice(totals: BlastTotals): ChoiceId {
  return totals.messaging.length > 0 ? 'fromNow' : 'drain';
}

/** Whether the gateway wants the scope's name typed: what loses events, or may message people, does. */
export function needsTyping(
  act: { readonly mode: SwitchMode; readonly choice?: ChoiceId },
  totals: Pick<BlastTotals, 'messaging'> | null,
): boolean {
  if (act.mode === 'drop' || act.mode === 'sample') return true;
  if (act.mode === 'park' || act.choice === undefined) return false;
  return act.choice === 'discard' || (isReleasing(act.choice) && (totals?.messaging.length ?? 0) > 0);
}
