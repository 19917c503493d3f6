import type { Document } from '#contract/documents/document.ts';
import type { Rollout } from '#contract/documents/rollout.ts';

/** A revert is news for a day; a pause waits for somebody however long it takes. */
const newsMs = 24 * 3_600_000;

/** Pure: rollouts that stopped by themselves, without those whose flag was rolled out again since. */
export function stoppedByGuardrail(
  documents: readonly Document<'rollout'>[],
  now: number,
): readonly { readonly id: string; readonly rollout: Rollout }[] {
  return documents.flatMap(({ id, value: rollout }) => {
    if (rollout === null || rollout.evidence.at(-1)?.by !== 'rollout') return [];
    const isNews = rollout.state === 'paused' || (rollout.state === 'reverted' && now - rollout.since < newsMs);
    const isAgain = documents.some(({ value }) => value !== null && value.flag === rollout.flag && value.startedAt > rollout.startedAt);
    return isNews && !isAgain ? [{ id, rollout }] : [];
  });
}
