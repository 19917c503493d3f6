import { expect, it } from 'vitest';
import { type Rollout, type RolloutEntry, rolloutSchema } from '#contract/documents/rollout.ts';
import { stoppedByGuardrail } from './stopped-rollouts.ts';

const hour = 3_600_000;
const now = 100 * hour;

function document(id: string, state: Rollout['state'], by: string, parts: Partial<Rollout> = {}) {
  const since = parts.since ?? now - hour;
  const entry: RolloutEntry = { at: since, by, did: 'reverted', step: 0, percent: null, why: '', judged: [] };
  const value = rolloutSchema.parse({
    ...{
      flag: 'checkout',
      variant: 'on',
      steps: [{ percent: 100, soakMs: 0 }],
      baselines: [null],
      state,
      step: 0,
      since,
      startedAt: since,
    },
    ...{ before: 1, written: 2, why: 'too many errors', evidence: [entry] },
    guardrails: [{ metric: 'errors', subject: { type: 'gateway' }, limit: { type: 'threshold', value: 0.02 } }],
    ...parts,
  });
  return { kind: 'rollout', id, revision: 1, value, at: since, by, reason: '' } as const;
}
const ids = (...documents: ReturnType<typeof document>[]) => stoppedByGuardrail(documents, now).map(({ id }) => id);

it('a rollout that stopped by itself needs a person, until the flag is rolled out again or a day has passed', () => {
  expect(ids(document('a', 'reverted', 'rollout'))).toEqual(['a']);
  expect(ids(document('a', 'paused', 'rollout', { since: now - 90 * hour }))).toEqual(['a']);
  expect(ids(document('a', 'reverted', 'rollout', { since: now - 25 * hour }))).toEqual([]);
  expect(ids(document('a', 'reverted', 'Ana'), document('b', 'running', 'rollout', { flag: 'other' }))).toEqual([]);
  expect(ids(document('a', 'reverted', 'rollout'), document('b', 'running', 'rollout', { startedAt: now - 1 }))).toEqual([]);
});
