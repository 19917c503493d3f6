import { appError } from '#contract/errors.ts';
import { sourcePut, sourceRemove } from '#contract/operations/documents.ts';
import { err, ok } from '#contract/result.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving, livingSources } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';
import { checkSource } from './validate.ts';

/** Sources: write keys are unique, and one that a destination names cannot be removed. */
export function sourceCommands({ store }: ControlDeps): HandlersOf<'source.put' | 'source.remove'> {
  return {
    'source.put': (input, context) =>
      runCommand(store, input, context, {
        operation: sourcePut,
        target: `source/${input.id}`,
        plan() {
          const { id, value } = input;
          const checked = checkSource({ id, value }, livingSources(store));
          return checked.ok ? ok({ changes: [{ kind: 'source', id, value }] }) : checked;
        },
        answer: revisionOf,
      }),

    'source.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: sourceRemove,
        target: `source/${input.id}`,
        confirm: { expected: input.id, typed: input.confirm },
        plan() {
          const found = findLiving(store, 'source', input.id);
          if (!found.ok) return found;
          const usersOf = (kind: 'destination' | 'plan' | 'redaction') =>
            store.list(kind).flatMap((user) => (user.value?.sources.includes(input.id) ? [user.id] : []));
          const [destinations, plans, redactions] = [usersOf('destination'), usersOf('plan'), usersOf('redaction')];
          if (destinations.length + plans.length + redactions.length > 0)
            return err(appError('DOCUMENT_IN_USE', { destinations, plans, redactions }));
          return ok({ changes: [{ kind: 'source', id: input.id, value: null }] });
        },
        answer: revisionOf,
      }),
  };
}
