import { consentPut, consentRemove } from '#contract/operations/privacy.ts';
import { ok } from '#contract/result.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';

/**
 * What consent destinations need. It outlives its destination, as switches do: taking one away and putting it back must
 * not be a way to send without asking.
 */
export function consentCommands({ store }: ControlDeps): HandlersOf<'consent.put' | 'consent.remove'> {
  return {
    'consent.put': (input, context) =>
      runCommand(store, input, context, {
        operation: consentPut,
        target: `consent/${input.id}`,
        plan() {
          const destination = findLiving(store, 'destination', input.id);
          return destination.ok ? ok({ changes: [{ kind: 'consent', id: input.id, value: input.value }] }) : destination;
        },
        answer: revisionOf,
      }),
    'consent.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: consentRemove,
        target: `consent/${input.id}`,
        confirm: { expected: input.id, typed: input.confirm },
        plan() {
          const found = findLiving(store, 'consent', input.id);
          return found.ok ? ok({ changes: [{ kind: 'consent', id: input.id, value: null }] }) : found;
        },
        answer: revisionOf,
      }),
  };
}
