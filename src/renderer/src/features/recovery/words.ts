/** Pure: dead letters and replays in words and marks. */
import type { LetterFilter, ReplaySelection, ReplayState } from '#contract/documents/replay.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { Rehearsal, ReplayReading } from '#contract/operations/replay.ts';
import { counted } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';
import { absolute } from '#renderer/ui/time.ts';

export type Inspected = OutputOf<Operations['deadLetter.inspect']>;
export type ListedReplay = OutputOf<Operations['replay.list']>['replays'][number];

interface Look {
  readonly mark: MarkState;
  readonly word: string;
}

/** Why a letter died, as people say it. Codes that are not known here stay as they are. */
const classWords: Readonly<Record<string, string>> = {
  rejected: 'rejected',
  server: 'server error',
  timeout: 'timed out',
  network: 'network',
  auth: 'refused credential',
  throttled: 'throttled',
  uncertain: 'outcome unknown',
  poison: 'poison',
  expired: 'expired',
};

export function classWord(name: string): string {
  return classWords[name] ?? name;
}

export const verdictLooks: Readonly<Record<Rehearsal['verdict'], Look & { readonly means: string }>> = {
  sent: { mark: 'healthy', word: 'Would be sent', means: '' },
  refused: { mark: 'failing', word: 'Cannot be encoded', means: 'The connector makes no request of it.' },
  blocked: { mark: 'degraded', word: 'Breaks its plan', means: 'Its tracking plan lets it through no more.' },
  held: { mark: 'parked', word: 'Would be held', means: 'A switch holds it back.' },
  dropped: { mark: 'dropping', word: 'Would be dropped', means: 'A switch drops it.' },
  suppressed: { mark: 'off', word: 'Would be suppressed', means: 'Its person did not consent, or is suppressed.' },
  parked: { mark: 'parked', word: 'Would wait', means: 'The destination is parked.' },
};

export const stateLook: Readonly<Record<ReplayState, Look>> = {
  running: { mark: 'none', word: 'Running' },
  paused: { mark: 'parked', word: 'Paused' },
  cancelled: { mark: 'off', word: 'Cancelled' },
  done: { mark: 'healthy', word: 'Done' },
  failed: { mark: 'failing', word: 'Failed' },
};

/** A running one that stands still is held by something; the mark says so. */
export function lookOf({ state, waitsFor }: Pick<ReplayReading, 'state' | 'waitsFor'>): Look {
  return state === 'running' && waitsFor !== '' ? { mark: 'held', word: 'Waiting' } : stateLook[state];
}

/** How far it is, 0..1, by what was looked at. */
export function shareOf({ counts, selected, state }: Pick<ReplayReading, 'counts' | 'selected' | 'state'>): number {
  if (state === 'done') return 1;
  return selected === 0 ? 0 : Math.min(1, (counts.given + counts.skipped) / selected);
}

/** Nothing more will come of it. */
export function isOver({ state, counts }: Pick<ReplayReading, 'state' | 'counts'>): boolean {
  return state === 'done' || state === 'failed' || (state === 'cancelled' && counts.open === 0);
}

/** `rejected, named Order Completed, died since 20 Nov 2026, 03:00:00 UTC`; empty for all. */
export function filterWords({ class: why, name, fromMs, toMs, text }: LetterFilter): string {
  return [
    ...(why === undefined ? [] : [classWord(why)]),
    ...(name === undefined ? [] : [`named ${name}`]),
    ...(fromMs === undefined ? [] : [`died since ${absolute(fromMs)}`]),
    ...(toMs === undefined ? [] : [`died before ${absolute(toMs)}`]),
    ...(text === undefined ? [] : [`with “${text}” in the answer`]),
  ].join(', ');
}

/** What a replay gives anew, in a few words. */
export function selectionWords(selection: ReplaySelection): string {
  switch (selection.type) {
    case 'events':
      return counted(selection.seqs.length, 'chosen event');
    case 'deadLetters': {
      const words = filterWords(selection.filter);
      return words === '' ? 'all dead letters' : `dead letters: ${words}`;
    }
    case 'range': {
      const { fromSeq, throughSeq, source, event, includeFiltered } = selection;
      const from = source === undefined ? '' : ` from ${source}`;
      const named = event === undefined ? '' : `, ${event} only`;
      const also = includeFiltered ? ', with what was filtered' : '';
      return `log entries ${fromSeq.toLocaleString('en-US')} to ${throughSeq.toLocaleString('en-US')}${from}${named}${also}`;
    }
  }
}

/** What came of what was given anew; zeros are left out but for what was delivered. */
export function outcomeWords({ delivered, failed, ended, open, skipped }: ReplayReading['counts']): string {
  const number = (count: number) => count.toLocaleString('en-US');
  return [
    `${number(delivered)} delivered`,
    ...(failed > 0 ? [`${number(failed)} dead again`] : []),
    ...(ended > 0 ? [`${number(ended)} ended otherwise`] : []),
    ...(open > 0 ? [`${number(open)} without an outcome yet`] : []),
    ...(skipped > 0 ? [`${number(skipped)} left alone`] : []),
  ].join(', ');
}
