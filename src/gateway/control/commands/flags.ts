import type { Destination } from '#contract/documents/destination.ts';
import type { Flag } from '#contract/documents/flag.ts';
import { appError } from '#contract/errors.ts';
import { flagPut, flagRemove, flagSet } from '#contract/operations/flags.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { compileFlags } from '#gateway/flags/flag-set.ts';
import type { DocumentStore } from '../document-store.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';

export function flagCommands({ store }: ControlDeps): HandlersOf<'flag.put' | 'flag.set' | 'flag.remove' | 'flag.evaluate'> {
  return {
    'flag.put': (input, context) =>
      runCommand(store, input, context, {
        operation: flagPut,
        target: `flag/${input.id}`,
        plan() {
          const checked = checkFlag(input.id, input.value, rolledOutBy(store, input.id));
          return checked.ok ? ok({ changes: [{ kind: 'flag', id: input.id, value: input.value }] }) : checked;
        },
        answer: revisionOf,
      }),
    'flag.set': (input, context) =>
      runCommand(store, input, context, {
        operation: flagSet,
        target: `flag/${input.id}`,
        plan() {
          const found = findLiving(store, 'flag', input.id);
          if (!found.ok) return found;
          const flag = found.value.value;
          const { defaultVariant = flag.defaultVariant, state = flag.state } = input;
          if (!Object.hasOwn(flag.variants, defaultVariant)) return err(variantUnknown(defaultVariant, flag));
          return ok({ changes: [{ kind: 'flag', id: input.id, value: { ...flag, defaultVariant, state } }] });
        },
        answer: revisionOf,
      }),
    'flag.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: flagRemove,
        target: `flag/${input.id}`,
        confirm: { expected: input.id, typed: input.confirm },
        plan() {
          const found = findLiving(store, 'flag', input.id);
          if (!found.ok) return found;
          const destinations = rolledOutBy(store, input.id);
          if (destinations.length > 0) return err(appError('DOCUMENT_IN_USE', { destinations }));
          return ok({ changes: [{ kind: 'flag', id: input.id, value: null }] });
        },
        answer: revisionOf,
      }),
    'flag.evaluate'({ id, value, context }) {
      const candidate = value === undefined ? findLiving(store, 'flag', id) : ok({ value });
      if (!candidate.ok) return candidate;
      const found = compileFlags([{ id, revision: 0, value: candidate.value.value }]).evaluate(id, context);
      return 'errorCode' in found
        ? ok({ value: null, variant: null, reason: 'ERROR', errorCode: found.errorCode, errorMessage: found.errorDetails })
        : ok({ value: found.value, variant: found.variant, reason: found.reason, errorCode: null, errorMessage: null });
    },
  };
}

/** Destinations whose rollout hangs on a flag. */
function rolledOutBy(store: DocumentStore, flag: string): readonly string[] {
  return store.list('destination').flatMap(({ id, value }) => (value?.rollout?.flag === flag ? [id] : []));
}

/** A rollout is put on a boolean flag that exists. INPUT_INVALID. */
export function checkRollout(store: DocumentStore, { rollout }: Destination): Result<void> {
  if (rollout === undefined) return ok(undefined);
  const flag = store.get('flag', rollout.flag)?.value ?? null;
  if (flag !== null && isBoolean(flag)) return ok(undefined);
  const message = flag === null ? `there is no flag ${rollout.flag}` : `the flag ${rollout.flag} is not a boolean`;
  return err(appError('INPUT_INVALID', { issues: [{ path: 'value.rollout.flag', message }] }));
}

const isBoolean = ({ variants }: Flag) => Object.values(variants).every((value) => typeof value === 'boolean');

/**
 * Whether flagd's core understands its targeting, and whether it is what those who hang on it need. INPUT_INVALID says what is not so.
 * @param destinations those whose rollout it is
 */
export function checkFlag(id: string, value: Flag, destinations: readonly string[] = []): Result<void> {
  if (destinations.length > 0 && !isBoolean(value)) {
    const message = `must be true and false: the rollout of ${destinations.join(', ')} hangs on it`;
    return err(appError('INPUT_INVALID', { issues: [{ path: 'value.variants', message }] }));
  }
  const found = compileFlags([{ id, revision: 0, value: { ...value, state: 'ENABLED' } }]).evaluate(id, {});
  if (!('errorCode' in found) || found.errorCode !== 'PARSE_ERROR') return ok(undefined);
  return err(appError('INPUT_INVALID', { issues: [{ path: 'value.targeting', message: found.errorDetails }] }));
}

function variantUnknown(variant: string, { variants }: Flag) {
  const message = `there is no variant ${variant}; there are ${Object.keys(variants).join(', ')}`;
  return appError('INPUT_INVALID', { issues: [{ path: 'defaultVariant', message }] });
}
