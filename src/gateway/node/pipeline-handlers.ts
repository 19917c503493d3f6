/** Handlers of the operations on plans, redaction, quarantine and people that need more than documents. */
import type { Plan } from '#contract/documents/plan.ts';
import type { RedactionRule } from '#contract/documents/redaction.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { quarantineDiscard, quarantineRelease, type Violation, violationSchema } from '#contract/operations/pipeline.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { runCommand } from '#gateway/control/commands/run-command.ts';
import { checkEvent } from '#gateway/ingest/check-event.ts';
import { maskEvent } from '#gateway/pipeline/mask-event.ts';
import { compilePlan, type PlanEntry, planProblems } from '#gateway/pipeline/plan.ts';
import { compileRedaction, ruleProblem } from '#gateway/pipeline/redact.ts';
import { isEventType } from '#gateway/pipeline/route.ts';
import type { Choice, Held } from '#gateway/quarantine/held-table.ts';
import type { NodePipeline } from './pipeline.ts';
import type { Releasing } from './releasing.ts';
import type { NodeState } from './state.ts';

export interface PipelineHandlerDeps {
  readonly state: NodeState;
  readonly pipeline: NodePipeline;
  readonly releasing: Releasing;
  now(): number;
}

type PipelineOperation =
  | 'plan.test'
  | 'plan.violations'
  | 'redaction.test'
  | 'quarantine.list'
  | 'quarantine.release'
  | 'quarantine.discard';

export function createPipelineHandlers(deps: PipelineHandlerDeps): HandlersOf<PipelineOperation> {
  return { ...trials(deps), ...quarantineHandlers(deps) };
}

/** Trying rules out: nothing is stored, nothing is sent. */
function trials({ state, pipeline }: PipelineHandlerDeps): HandlersOf<'plan.test' | 'plan.violations' | 'redaction.test'> {
  function planFor(id: string, value: Plan | undefined): Result<PlanEntry> {
    if (value === undefined) {
      const known = pipeline.plans().find((plan) => plan.id === id);
      return known === undefined ? err(appError('DOCUMENT_NOT_FOUND', { kind: 'plan', id })) : ok(known);
    }
    const issues = planProblems(value, state.schemas);
    return issues.length === 0 ? ok({ id, revision: 0, value }) : err(invalid(issues));
  }
  return {
    'plan.test'({ id, value, event }) {
      const plan = planFor(id, value);
      if (!plan.ok) return plan;
      const checked = checkEvent(event, isEventType(event.type) ? null : 'track');
      if (!checked.ok) return err(checked.error);
      const compiled = value === undefined ? pipeline.compiled(plan.value) : compilePlan(plan.value, state.schemas);
      const { verdict, violations } = compiled.check(checked.json, checked.type);
      return ok({ verdict, violations: [...violations] });
    },
    'plan.violations': ({ plan, source }) =>
      ok({ since: pipeline.violations.since, violations: [...pipeline.violations.read({ plan, source })] }),
    'redaction.test'({ source, value, event }) {
      const issues = rulesProblems(value?.rules ?? []);
      if (issues.length > 0) return err(invalid(issues));
      const redactor =
        value === undefined ? pipeline.redactorOf(source ?? null) : compileRedaction([{ id: 'test', value }], state.people.hash);
      const { json, rules } = redactor?.redact(event) ?? { json: event, rules: [] };
      return ok({ event: { ...json }, rules: [...rules] });
    },
  };
}

function invalid(issues: readonly Violation[]): AppError {
  return appError('INPUT_INVALID', { issues: issues.map(({ path, message }) => ({ path: `value.${path}`, message })) });
}

/** Rules that cannot be applied; `path` is dotted, within the value. */
function rulesProblems(rules: readonly RedactionRule[]): readonly Violation[] {
  return rules.flatMap((rule, index) => {
    const message = ruleProblem(rule);
    return message === null ? [] : [{ path: `rules.${index}.match.path`, message }];
  });
}

const violationsSchema = z.array(violationSchema);
/** What a person types to discard. */
const discardWord = 'discard';
const nothingReleased = { released: 0, duplicate: 0, kept: 0, failed: 0 };

function shown(held: Held): OutputOf<Operations['quarantine.list']>['events'][number] {
  const { id, source, messageId, type, name, receivedAt, plan, revision, violations, body } = held;
  const masked = maskEvent(JSON.parse(body));
  const facts = { id, source, messageId, type, name, receivedAt, plan, revision, bytes: Buffer.byteLength(body) };
  return { ...facts, violations: violationsSchema.parse(JSON.parse(violations)), masked };
}

function quarantineHandlers(deps: PipelineHandlerDeps): HandlersOf<'quarantine.list' | 'quarantine.release' | 'quarantine.discard'> {
  const { state, pipeline, releasing } = deps;
  const { quarantine } = pipeline;
  return {
    async 'quarantine.list'({ by, afterId, limit, ...choice }) {
      const [totals, groups, events] = await Promise.all([
        quarantine.totals(),
        quarantine.groups(by),
        quarantine.list(choice, afterId, limit),
      ]);
      if (!totals.ok) return totals;
      if (!groups.ok) return groups;
      return events.ok ? ok({ totals: totals.value, groups: [...groups.value], events: events.value.map(shown) }) : events;
    },
    async 'quarantine.release'(input, context) {
      const choice = choiceOf(input);
      if (input.dryRun) return releasing.preview(choice, input.limit);
      const isRepeated = isKnown(state, context.commandId);
      const command = {
        operation: quarantineRelease,
        target: targetOf(input),
        plan: () => ok({ changes: [] }),
        answer: () => nothingReleased,
      };
      const allowed = runCommand(state.store, input, context, command);
      // The first one did it; what it did is in the audit.
      if (!allowed.ok || isRepeated) return allowed;
      const released = await releasing.release(choice, input.limit);
      note(state, context.by, 'quarantine.released', targetOf(input), released);
      return released;
    },
    async 'quarantine.discard'(input, context) {
      const choice = choiceOf(input);
      const isRepeated = isKnown(state, context.commandId);
      const command = {
        operation: quarantineDiscard,
        target: targetOf(input),
        confirm: { expected: discardWord, typed: input.confirm },
        plan: () => ok({ changes: [] }),
        answer: () => ({ discarded: 0 }),
      };
      const allowed = runCommand(state.store, input, context, command);
      if (!allowed.ok || isRepeated) return allowed;
      const discarded = await (input.dryRun ? quarantine.count(choice) : quarantine.discard(choice));
      if (input.dryRun) return discarded.ok ? ok({ discarded: discarded.value }) : discarded;
      const outcome = discarded.ok ? ok({ discarded: discarded.value }) : discarded;
      note(state, context.by, 'quarantine.discarded', targetOf(input), outcome);
      return outcome;
    },
  };
}

/** What a command chose, without its other fields. */
function choiceOf({ ids, source, event, plan, violation }: Choice): Choice {
  return { ids, source, event, plan, violation };
}

function isKnown({ store }: NodeState, commandId: string | null): boolean {
  return commandId !== null && store.outcome(commandId) !== null;
}

/** Names what was chosen, for the audit. */
function targetOf({ ids, source, event, plan, violation }: Choice): string {
  const parts = [
    ids === undefined ? 'all' : `${ids.length} events`,
    ...(source === undefined ? [] : [`source ${source}`]),
    ...(event === undefined ? [] : [event]),
    ...(plan === undefined ? [] : [`plan ${plan}`]),
    ...(violation === undefined ? [] : [`${violation.path} ${violation.message}`]),
  ];
  return `quarantine/${parts.join(' ')}`.slice(0, 300);
}

function note({ store }: NodeState, by: string, action: string, target: string, result: Result<object>): void {
  const outcome = result.ok
    ? Object.entries(result.value)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')
    : result.error.code;
  store.note({ by, action, target, reason: outcome, commandId: null }, result.ok ? 'done' : result.error.code);
}
