/** Pure: what is left to a time, and what did not go as planned, in an operator's words. */
import type { Document } from '#contract/documents/document.ts';
import type { Schedule } from '#contract/documents/schedule.ts';
import { operations } from '#contract/operations/index.ts';
import type { AuditContext } from './audit-words.ts';

type Names = Pick<AuditContext, 'destinationName'>;

const titles: Readonly<Record<string, { readonly title: string } | undefined>> = operations;

/** `Switch a flag: checkout`. */
export function runWords({ operation, input }: Schedule['run'], { destinationName }: Names): string {
  const title = titles[operation]?.title ?? operation;
  const subject = input.id ?? input.destination;
  if (typeof subject !== 'string') return title;
  const isDestination = operation.startsWith('destination.') || input.id === undefined || input.kind === 'destination';
  return `${title}: ${isDestination ? destinationName(subject) : subject}`;
}

/** How long something that went wrong stands above the changes, ms. */
const shownMs = 24 * 3_600_000;

/** Schedules that failed in the last day, newest first. */
export function failedOf(
  schedules: readonly Document<'schedule'>[],
  now: number,
): readonly { readonly id: string; readonly value: Schedule }[] {
  return schedules
    .flatMap(({ id, value }) => (value?.state === 'failed' && now - (value.endedAt ?? 0) < shownMs ? [{ id, value }] : []))
    .sort((a, b) => (b.value.endedAt ?? 0) - (a.value.endedAt ?? 0));
}
