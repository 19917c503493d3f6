import type { Plan } from '#contract/documents/plan.ts';
import { appError } from '#contract/errors.ts';
import { planPut, planRemove } from '#contract/operations/pipeline.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { planProblems } from '#gateway/pipeline/plan.ts';
import type { SchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import type { DocumentStore } from '../document-store.ts';
import type { Issue } from './address-issues.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving, sourceIds } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';
import { under } from './validate.ts';

/** Tracking plans. */
export function planCommands({ store, schemas }: ControlDeps): HandlersOf<'plan.put' | 'plan.remove'> {
  return {
    async 'plan.put'(input, context) {
      await compileInSteps(input.value, schemas);
      return runCommand(store, input, context, {
        operation: planPut,
        target: `plan/${input.id}`,
        plan() {
          const checked = checkPlan(store, schemas, input.id, input.value);
          return checked.ok ? ok({ changes: [{ kind: 'plan', id: input.id, value: input.value }] }) : checked;
        },
        answer: revisionOf,
      });
    },
    'plan.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: planRemove,
        target: `plan/${input.id}`,
        confirm: { expected: input.id, typed: input.confirm },
        plan() {
          const found = findLiving(store, 'plan', input.id);
          return found.ok ? ok({ changes: [{ kind: 'plan', id: input.id, value: null }] }) : found;
        },
        answer: revisionOf,
      }),
  };
}

/** A schema takes milliseconds: hundreds at once would stall the events of everybody. What is compiled is remembered. */
export async function compileInSteps(plan: Plan, schemas: SchemaCompiler): Promise<void> {
  for (const { schema } of Object.values(plan.events)) {
    schemas.compile(schema);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** INPUT_INVALID: a schema that does not compile, an unknown source, a source that another plan has. */
export function checkPlan(store: DocumentStore, schemas: SchemaCompiler, id: string, value: Plan): Result<void> {
  const issues: Issue[] = [...planProblems(value, schemas)];
  const known = sourceIds(store);
  const others = store.list('plan').filter((plan) => plan.id !== id);
  for (const [index, source] of value.sources.entries()) {
    if (!known.has(source)) issues.push({ path: `sources.${index}`, message: `there is no source ${source}` });
    const owner = others.find((plan) => plan.value?.sources.includes(source));
    if (owner !== undefined) issues.push({ path: `sources.${index}`, message: `${source} uses the plan ${owner.id} already` });
  }
  const rest = value.sources.length > 0 ? undefined : others.find((plan) => plan.value?.sources.length === 0);
  if (rest !== undefined)
    issues.push({ path: 'sources', message: `the plan ${rest.id} is for all other sources already; name the sources of this one` });
  return issues.length === 0 ? ok(undefined) : err(appError('INPUT_INVALID', { issues: under(issues) }));
}
