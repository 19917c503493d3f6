/**
 * How a rollout moves.
 *
 *                    soaked, and every guardrail ok
 *                  ┌───────────────┐
 *                  ▼               │
 *   start ──▶ running at step n ───┴──▶ (after the last step) done
 *               │    ▲      │                                  │
 *         pause │    │resume│ a guardrail that reverts,        │ revert
 *               ▼    │      ▼ or a person                      ▼
 *             paused ┴──▶ reverted ◀───────────────────────────┘
 *               └─ somebody changes the flag ─▶ cancelled ◀─ running
 *
 * - Being at a step means that the flag has that step's share: both are written in one commit, so a crash leaves them together, and
 *   a step is neither lost nor done twice.
 * - A step is left only when its soak time is over *and* every guardrail has its sample and says ok. Too few samples hold the step;
 *   they are neither good nor bad.
 * - A guardrail that reverts acts in every active state: a pause means "no further", not "stay at any price".
 * - A person wins. `written` is the flag's revision that the rollout wrote last; any later one is somebody else's, and from then
 *   on the rollout touches nothing: it is cancelled, and says by whose change. Each write names the revision it expects as well.
 * - A revert writes the flag's value of revision `before` again, whole, not just the old share.
 * - Whenever it moves, samples begin anew: they were of another state of things.
 *
 * All of it is pure. What it draws up is committed by the autopilot (by itself) or by a command (a person).
 */
import type { Document } from '#contract/documents/document.ts';
import type { Flag } from '#contract/documents/flag.ts';
import { withShare } from '#contract/documents/flag-share.ts';
import type { Judgement } from '#contract/documents/guardrail.ts';
import { isActive, type Rollout, type RolloutEntry } from '#contract/documents/rollout.ts';
import { appError } from '#contract/errors.ts';
import type { RolloutReading } from '#contract/operations/rollouts.ts';
import { err, ok, type Result } from '#contract/result.ts';

/** When, by whom, why, and what the guardrails said. */
export type Stamp = Pick<RolloutEntry, 'at' | 'by' | 'why'> & { readonly judged: readonly Judgement[] };

/** What is to be written. `flag`: its new value; null leaves it alone. */
export interface Move {
  readonly did: RolloutEntry['did'];
  readonly rollout: Rollout;
  readonly flag: Flag | null;
}

export type LivingFlag = Document<'flag'> & { readonly value: Flag };

const keptEntries = 100;

/** The rollout at its first step. ROLLOUT_IMPOSSIBLE. */
export function start(
  { flag, variant, steps, guardrails, baselines }: Pick<Rollout, 'flag' | 'variant' | 'steps' | 'guardrails' | 'baselines'>,
  document: LivingFlag,
  stamp: Stamp,
): Result<Move> {
  const rollout: Rollout = {
    ...{ flag, variant, steps, guardrails, baselines },
    ...{ state: 'running', step: 0, since: stamp.at, startedAt: stamp.at, why: '', evidence: [], demo: document.value.demo },
    ...{ before: document.revision, written: document.revision },
  };
  return toStep(rollout, 0, document, 'started', stamp);
}

/** To the next step; from the last one to the end. ROLLOUT_IMPOSSIBLE. */
export function advance(rollout: Rollout, document: LivingFlag, stamp: Stamp): Result<Move> {
  if (rollout.step + 1 < rollout.steps.length) return toStep(rollout, rollout.step + 1, document, 'advanced', stamp);
  return ok({ did: 'finished', rollout: recorded(rollout, { state: 'done' }, 'finished', stamp), flag: null });
}

export function pause(rollout: Rollout, stamp: Stamp): Move {
  return { did: 'paused', rollout: recorded(rollout, { state: 'paused' }, 'paused', stamp), flag: null };
}

/** After a revert what the flag is now counts as "before". ROLLOUT_IMPOSSIBLE. */
export function resume(rollout: Rollout, step: number, document: LivingFlag, stamp: Stamp): Result<Move> {
  const { revision } = document;
  const from = rollout.state === 'reverted' ? { ...rollout, before: revision, written: revision } : rollout;
  return toStep({ ...from, state: 'running' }, step, document, 'resumed', stamp);
}

/** @param before the flag's value at revision `before` */
export function revert(rollout: Rollout, document: LivingFlag, before: Flag, stamp: Stamp): Move {
  const patch = { state: 'reverted', written: document.revision + 1 } as const;
  return { did: 'reverted', rollout: recorded(rollout, patch, 'reverted', stamp), flag: before };
}

/** Ends it without touching the flag. */
export function stop(rollout: Rollout, stamp: Stamp): Move {
  return { did: 'stopped', rollout: recorded(rollout, { state: 'cancelled' }, 'stopped', stamp), flag: null };
}

function toStep(rollout: Rollout, step: number, document: LivingFlag, did: RolloutEntry['did'], stamp: Stamp): Result<Move> {
  const percent = rollout.steps[step]?.percent;
  const flag = percent === undefined ? null : withShare(document.value, rollout.variant, percent);
  if (flag === null) return err(appError('ROLLOUT_IMPOSSIBLE', { why: whyNot(rollout, step, document.value) }));
  const patch = { step, written: document.revision + 1 };
  return ok({ did, rollout: recorded(rollout, patch, did, stamp), flag });
}

function whyNot({ variant, steps }: Rollout, step: number, flag: Flag): string {
  if (step >= steps.length) return `there is no step ${step + 1}; there are ${steps.length}`;
  if (!Object.hasOwn(flag.variants, variant)) return `the flag has no variant ${variant}`;
  if (Object.keys(flag.variants).length < 2) return 'the flag has one variant only';
  return 'the targeting of the flag is of a shape that no share can be set in';
}

function recorded(rollout: Rollout, patch: Partial<Rollout>, did: RolloutEntry['did'], { at, by, why, judged }: Stamp): Rollout {
  const next = { ...rollout, ...patch, since: at, why };
  const entry: RolloutEntry = { at, by, did, step: next.step, percent: percentOf(next), why, judged: [...judged] };
  return { ...next, evidence: [...rollout.evidence, entry].slice(-keptEntries) };
}

/** The share that the rollout gives its variant; null where a person's value, or the one before it, holds. */
export function percentOf({ state, step, steps }: Rollout): number | null {
  return state === 'reverted' || state === 'cancelled' ? null : (steps[step]?.percent ?? null);
}

/** Why the rollout must leave the flag alone; null while it is as the rollout wrote it. */
export function overtaken({ flag, written }: Rollout, document: Document<'flag'> | null): string | null {
  if (document === null || document.value === null) return `the flag ${flag} was removed${document === null ? '' : ` by ${document.by}`}`;
  if (document.revision === written) return null;
  const reason = document.reason === '' ? '' : `: ${document.reason}`;
  return `${document.by} changed the flag ${flag} (revision ${document.revision})${reason}. A person wins: the rollout leaves it as it is`;
}

/** What an active rollout does by itself now; `rail` is the guardrail that makes it. */
export type Decision =
  | { readonly does: 'stay' }
  | { readonly does: 'advance' }
  | { readonly does: 'revert' | 'pause'; readonly rail: number };

export function decide(rollout: Rollout, verdicts: readonly Judgement['verdict'][], now: number): Decision {
  const breached = (onBreach: 'revert' | 'pause') =>
    verdicts.findIndex((verdict, index) => verdict === 'breached' && rollout.guardrails[index]?.onBreach === onBreach);
  const reverting = breached('revert');
  if (reverting >= 0) return { does: 'revert', rail: reverting };
  if (rollout.state !== 'running') return { does: 'stay' };
  const pausing = breached('pause');
  if (pausing >= 0) return { does: 'pause', rail: pausing };
  const isHeld = verdicts.every((verdict) => verdict === 'ok');
  return isHeld && now >= soakedAt(rollout) ? { does: 'advance' } : { does: 'stay' };
}

function soakedAt({ since, step, steps }: Rollout): number {
  return since + (steps[step]?.soakMs ?? 0);
}

/** What it will do next, for people. */
export function nextOf(rollout: Rollout, judged: readonly Judgement[]): RolloutReading['next'] {
  if (rollout.state !== 'running')
    return { does: 'nothing', at: null, waitsFor: isActive(rollout) ? 'somebody resumes or reverts it' : '' };
  const open = judged.filter(({ verdict }) => verdict === 'waiting').map(({ words }) => words);
  return { does: rollout.step + 1 < rollout.steps.length ? 'advance' : 'finish', at: soakedAt(rollout), waitsFor: open.join('; ') };
}
