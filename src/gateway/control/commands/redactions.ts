import type { Redaction } from '#contract/documents/redaction.ts';
import { appError } from '#contract/errors.ts';
import { redactionPut, redactionRemove } from '#contract/operations/pipeline.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { ruleProblem } from '#gateway/pipeline/redact.ts';
import type { DocumentStore } from '../document-store.ts';
import type { Issue } from './address-issues.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving, sourceIds } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';
import { under } from './validate.ts';

/** Redaction rules. Removing them keeps what they dropped out of reach: only new events are kept whole. */
export function redactionCommands({ store }: ControlDeps): HandlersOf<'redaction.put' | 'redaction.remove'> {
  return {
    'redaction.put': (input, context) =>
      runCommand(store, input, context, {
        operation: redactionPut,
        target: `redaction/${input.id}`,
        plan() {
          const checked = checkRedaction(store, input.value);
          return checked.ok ? ok({ changes: [{ kind: 'redaction', id: input.id, value: input.value }] }) : checked;
        },
        answer: revisionOf,
      }),
    'redaction.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: redactionRemove,
        target: `redaction/${input.id}`,
        confirm: { expected: input.id, typed: input.confirm },
        plan() {
          const found = findLiving(store, 'redaction', input.id);
          return found.ok ? ok({ changes: [{ kind: 'redaction', id: input.id, value: null }] }) : found;
        },
        answer: revisionOf,
      }),
  };
}

/** INPUT_INVALID: a path that is none, two rules of one id, an unknown source. */
export function checkRedaction(store: DocumentStore, value: Redaction): Result<void> {
  const issues: Issue[] = [];
  const known = sourceIds(store);
  for (const [index, source] of value.sources.entries())
    if (!known.has(source)) issues.push({ path: `sources.${index}`, message: `there is no source ${source}` });
  for (const [index, rule] of value.rules.entries()) {
    const problem = ruleProblem(rule);
    if (problem !== null) issues.push({ path: `rules.${index}.match.path`, message: problem });
    if (value.rules.findIndex(({ id }) => id === rule.id) < index)
      issues.push({ path: `rules.${index}.id`, message: `there is another rule ${rule.id}` });
  }
  return issues.length === 0 ? ok(undefined) : err(appError('INPUT_INVALID', { issues: under(issues) }));
}
