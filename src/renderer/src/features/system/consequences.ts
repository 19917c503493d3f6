import type { Settings } from '#contract/documents/settings.ts';

/** Pure: what a change of settings does that is not plain from its numbers. */
export function consequencesOf(before: Settings, after: Settings): readonly string[] {
  const said: string[] = [];
  if (after.retentionMs < before.retentionMs)
    said.push('Settled events older than the new retention are deleted, whole segments at a time. What waits for a destination is kept.');
  if (after.diskBudgetBytes < before.diskBudgetBytes)
    said.push('If the log is already larger than the new budget, ingest answers 503 until it shrinks; senders retry by themselves.');
  if (after.dedupeWindowMs < before.dedupeWindowMs || after.dedupeMaxEntries < before.dedupeMaxEntries)
    said.push('A late resend of an older event is taken for a new one.');
  if (after.environment !== before.environment)
    said.push('Sealed credentials name their environment: the gateway refuses the change while it holds any.');
  return said;
}
