/** What people do with rollouts. Each command writes rollout and flag in one commit; the autopilot takes it from there. */
import type { Document } from '#contract/documents/document.ts';
import { shareOf } from '#contract/documents/flag-share.ts';
import type { Baseline, Guardrail } from '#contract/documents/guardrail.ts';
import { isActive, type Rollout } from '#contract/documents/rollout.ts';
import { appError } from '#contract/errors.ts';
import type { Operation, OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { rolloutAdvance, rolloutPause, rolloutResume, rolloutRevert, rolloutStart } from '#contract/operations/rollouts.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import { type CommonInput, runCommand } from '#gateway/control/commands/run-command.ts';
import type { Change, DocumentStore } from '#gateway/control/document-store.ts';
import { checkSubjects } from '#gateway/guardrails/subjects.ts';
import { percent } from '#gateway/guardrails/words.ts';
import { type Autopilot, changesOf, isLiving } from './autopilot.ts';
import { flagBefore } from './flag-before.ts';
import { advance, type LivingFlag, type Move, overtaken, pause, percentOf, resume, revert, type Stamp, start } from './machine.ts';

export interface RolloutCommandDeps {
  readonly store: DocumentStore;
  readonly autopilot: Pick<Autopilot, 'judged' | 'readings'>;
  /** Epoch ms, of times that are stored. */
  now(): number;
  /** What was measured of each guardrail's subject before now; null where it is not held against that. */
  baselines(guardrails: readonly Guardrail[]): Promise<readonly (Baseline | null)[]>;
  /** An automatic restore point, as part of the commit that it stands before. */
  restorePoint(changes: readonly Change[], what: string): readonly Change[];
}

type RolloutOperation = 'rollout.start' | 'rollout.pause' | 'rollout.resume' | 'rollout.advance' | 'rollout.revert' | 'rollout.read';
type StartInput = ParsedInputOf<Operations['rollout.start']>;
type Changed = OutputOf<Operations['rollout.start']>;

/** Errors: ROLLOUT_RUNNING, ROLLOUT_IMPOSSIBLE, ROLLOUT_OVERTAKEN, DOCUMENT_NOT_FOUND, INPUT_INVALID, and those of every command. */
export function createRolloutHandlers(deps: RolloutCommandDeps): HandlersOf<RolloutOperation> {
  return {
    'rollout.start': (input, context) => begin(deps, input, context),
    'rollout.pause': (input, context) =>
      steer(deps, rolloutPause, input, context, ['running'], (rollout, _, stamp) => ok(pause(rollout, stamp))),
    'rollout.resume': (input, context) =>
      steer(deps, rolloutResume, input, context, ['paused', 'reverted'], (rollout, flag, stamp) => {
        const step = input.step ?? rollout.step;
        const refusal = rollout.state === 'reverted' ? refusalOf(deps.store, rollout, rollout.steps[step]?.percent ?? 100, flag) : null;
        return refusal === null ? resume(rollout, step, flag, stamp) : err(refusal);
      }),
    'rollout.advance': (input, context) =>
      steer(deps, rolloutAdvance, input, context, ['running'], (rollout, flag, stamp) => advance(rollout, flag, stamp)),
    'rollout.revert': (input, context) =>
      steer(deps, rolloutRevert, input, context, ['running', 'paused', 'done'], (rollout, flag, stamp) => {
        const before = flagBefore(deps.store, rollout);
        return before.ok ? ok(revert(rollout, flag, before.value, stamp)) : before;
      }),
    'rollout.read': () => ok({ rollouts: [...deps.autopilot.readings()] }),
  };
}

async function begin(deps: RolloutCommandDeps, input: StartInput, context: CallContext): Promise<Result<Changed>> {
  const { store, now } = deps;
  const baselines = await deps.baselines(input.guardrails);
  const at = now();
  const id = `${input.flag}-${at.toString(36)}`;
  return change(deps, rolloutStart, id, input, context, {
    // One that is sent again knows no id of its own.
    target: `rollout/${input.flag}`,
    plan() {
      const checked = checkSubjects(store, input.guardrails);
      if (!checked.ok) return checked;
      const unmeasured = input.guardrails.find(({ limit }, index) => limit.type === 'before' && baselines[index] == null);
      if (unmeasured !== undefined) return err(appError('ROLLOUT_IMPOSSIBLE', { why: tooLittleBefore(unmeasured) }));
      const found = findLiving(store, 'flag', input.flag);
      if (!found.ok) return found;
      const flag = { ...found.value.document, value: found.value.value };
      const refusal = refusalOf(store, input, input.steps[0]?.percent ?? 0, flag);
      return refusal === null ? start({ ...input, baselines: [...baselines] }, flag, stampOf(context, input, at, [])) : err(refusal);
    },
  });
}

function tooLittleBefore({ metric, subject, minSamples }: Guardrail): string {
  const of = subject.type === 'gateway' ? '' : ` of ${subject.id}`;
  return `the time before is too little to hold ${metric}${of} against: fewer than ${minSamples} samples. Give a threshold`;
}

/** Why nobody could be given that share now. */
function refusalOf(
  store: DocumentStore,
  { flag: key, variant }: Pick<Rollout, 'flag' | 'variant'>,
  percent: number,
  { value }: LivingFlag,
) {
  const other = rivalOf(store, key);
  if (other !== null) return appError('ROLLOUT_RUNNING', { rollout: other });
  if (value.state === 'DISABLED') return appError('ROLLOUT_IMPOSSIBLE', { why: 'the flag is disabled: nobody gets any variant' });
  if (value.type === 'kill') return appError('ROLLOUT_IMPOSSIBLE', { why: 'a kill switch is for everybody at once' });
  const has = shareOf(value, variant) ?? 0;
  const why = `${has} % get ${variant} already: a step of ${percent} % would take it from some`;
  return has > percent ? appError('ROLLOUT_IMPOSSIBLE', { why }) : null;
}

/** The rollout that drives the flag. */
function rivalOf(store: DocumentStore, flag: string): string | null {
  return store.list('rollout').find(({ value }) => value !== null && value.flag === flag && isActive(value))?.id ?? null;
}

type Steering = CommonInput & { readonly id: string };

function steer(
  deps: RolloutCommandDeps,
  operation: Operation,
  input: Steering,
  context: CallContext,
  from: readonly Rollout['state'][],
  move: (rollout: Rollout, flag: LivingFlag, stamp: Stamp) => Result<Move>,
): Result<Changed> {
  const { store, autopilot, now } = deps;
  return change(deps, operation, input.id, input, context, {
    target: `rollout/${input.id}`,
    plan() {
      const found = findLiving(store, 'rollout', input.id);
      if (!found.ok) return found;
      const rollout = found.value.value;
      if (!from.includes(rollout.state)) return err(appError('ROLLOUT_IMPOSSIBLE', { why: `it is ${rollout.state}` }));
      const flag = store.get('flag', rollout.flag);
      const taken = overtaken(rollout, flag);
      // After a revert the flag is nobody's: what it is now is what it goes on from.
      if (!isLiving(flag) || (taken !== null && rollout.state !== 'reverted')) return err(appError('ROLLOUT_OVERTAKEN', { why: taken }));
      return move(rollout, flag, stampOf(context, input, now(), autopilot.judged(input.id)));
    },
  });
}

function stampOf({ by }: CallContext, { reason = '' }: CommonInput, at: number, judged: Stamp['judged']): Stamp {
  return { at, by, why: reason === '' ? `${by} wanted it` : reason, judged };
}

/** Carries a move out as a command. */
function change(
  { store, restorePoint }: RolloutCommandDeps,
  operation: Operation,
  id: string,
  input: CommonInput,
  context: CallContext,
  { target, plan }: { readonly target: string; plan(): Result<Move> },
): Result<Changed> {
  return runCommand(store, input, context, {
    operation,
    target,
    plan() {
      const move = plan();
      if (!move.ok) return move;
      const changes = changesOf(id, move.value);
      const isStart = move.value.did === 'started';
      return ok({ changes: isStart ? [...changes, ...restorePoint(changes, `rollout of ${move.value.rollout.flag}`)] : changes });
    },
    answer(documents) {
      const written = documents.find((document): document is Document<'rollout'> => document.kind === 'rollout');
      const rollout = written?.value ?? null;
      return {
        id: written?.id ?? id,
        revision: written?.revision ?? 0,
        percent: rollout && percentOf(rollout),
        will: rollout === null ? [] : willDo(rollout),
      };
    },
  });
}

/** What a rollout in this state does, in words. */
function willDo({ state, flag, variant, step, steps, before, guardrails }: Rollout): string[] {
  const share = percent((steps[step]?.percent ?? 0) / 100);
  const reverting = guardrails.filter((guardrail) => guardrail.onBreach === 'revert').length;
  if (state === 'reverted') return [`${flag} is as it was before the start (revision ${before})`];
  if (state === 'done') return [`${share} get “${variant}” of ${flag}; nothing watches it any more`];
  if (state === 'paused') return [`${share} keep “${variant}” of ${flag}`, `${reverting} of its guardrails still take it back`];
  const rest = steps.slice(step).map((each) => each.soakMs);
  const minutes = Math.round(rest.reduce((sum, soakMs) => sum + soakMs, 0) / 60_000);
  const next = steps[step + 1];
  return [
    `${share} get “${variant}” of ${flag} at once`,
    next === undefined
      ? 'it is the last step'
      : `then ${percent(next.percent / 100)}, when the soak time is over and every guardrail holds`,
    `it is done in ${minutes} min at the earliest`,
    `${reverting} of ${guardrails.length} guardrails take it back by themselves`,
  ];
}
