/** Pure: the words of each way of opening. */

import type { BlastTotals, ChoiceCounts, ChoiceId } from '#renderer/frame/blast.ts';
import { counted } from '#renderer/ui/quantity.ts';

export interface ChoiceWords {
  readonly title: string;
  readonly text: string;
}

export const choiceWords: Readonly<Record<ChoiceId, ChoiceWords>> = {
  drain: {
    title: 'Drain all',
    text: 'Sends everything that waits, then what comes. Held events mix with live traffic: their order is not kept.',
  },
  newer: { title: 'Only what is newer than…', text: 'Sends the younger part of the backlog; the older part stays parked.' },
  fromNow: { title: 'From now on', text: 'Sends what arrives from now on. The whole backlog stays parked and can be drained later.' },
  discard: { title: 'Discard the backlog', text: 'Settles what waits as dropped. It is counted in the ledger and never sent.' },
};

/** The count that matters of a choice: `sends 41,200`, `loses 41,200`. */
export function countWords(choice: ChoiceId, counts: ChoiceCounts): string {
  if (choice === 'discard') return counts.loses === 0 ? 'loses nothing' : `loses ${counted(counts.loses, 'event')}`;
  if (choice === 'fromNow') return counts.keeps === 0 ? 'sends new events' : `keeps ${counted(counts.keeps, 'event')}`;
  if (counts.sends === 0) return 'nothing waits';
  return `sends ${counts.isSendsAtMost ? 'up to ' : ''}${counted(counts.sends, 'event')}`;
}

/** What to know before choosing; empty when there is nothing. */
export function warningsOf(choice: ChoiceId, totals: BlastTotals, nameOf: (destination: string) => string): readonly string[] {
  const isReleasing = choice === 'drain' || choice === 'newer';
  const warnings: string[] = [];
  if (isReleasing && totals.messaging.length > 0)
    warnings.push(
      `${totals.messaging.map(nameOf).join(', ')} ${totals.messaging.length === 1 ? 'sends' : 'send'} messages to people: a late event may become a late mail or push.`,
    );
  if (isReleasing && totals.tooOld > 0)
    warnings.push(
      `${counted(totals.tooOld, 'event')} ${totals.tooOld === 1 ? 'is' : 'are'} older than the vendor accepts and will expire or be refused.`,
    );
  if (totals.possiblyTwice > 0)
    warnings.push(
      `${counted(totals.possiblyTwice, 'event')} may arrive twice: the outcome of an earlier try is unknown and the vendor cannot recognise a resend.`,
    );
  if (totals.replaysLeft > 0)
    warnings.push(`Replays under way give it up to ${counted(totals.replaysLeft, 'event')} besides, at their own pace.`);
  if (choice !== 'discard' && totals.retrying > 0)
    warnings.push(
      `${counted(totals.retrying, 'event')} already retrying ${totals.retrying === 1 ? 'goes' : 'go'} on by the retry schedule, whatever you choose.`,
    );
  return warnings;
}

/** What the button says. */
export function openAction(choice: ChoiceId, name: string, counts: ChoiceCounts): string {
  if (choice === 'discard') return `Open ${name} and discard ${counted(counts.loses, 'event')}`;
  if (counts.sends === 0 || choice === 'fromNow') return `Open ${name}`;
  return choice === 'newer' ? `Open ${name} and send the newer part` : `Open ${name} and drain ${counted(counts.sends, 'event')}`;
}
