import { appError } from '#contract/errors.ts';
import { retentionPurge } from '#contract/operations/erasure.ts';
import { err, ok } from '#contract/result.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { runCommand } from '#gateway/control/commands/run-command.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Retention } from './retention.ts';

export interface RetentionHandlerDeps {
  readonly store: DocumentStore;
  readonly retention: Retention;
}

/** What a person types to purge. */
const purgeWord = 'purge';
/** The record of an erasure is what a restore erases again by: younger ones are never purged. */
const leastErasureAgeMs = 30 * 86_400_000;

export function createRetentionHandlers({ store, retention }: RetentionHandlerDeps): HandlersOf<'retention.read' | 'retention.purge'> {
  return {
    async 'retention.read'() {
      const classes = await retention.read();
      return classes.ok ? ok({ classes: [...classes.value] }) : classes;
    },
    async 'retention.purge'(input, context) {
      const { destination, olderThanMs } = input;
      const target = `retention/${input.class}${destination === undefined ? '' : `/${destination}`}`;
      const isRepeated = context.commandId !== null && store.outcome(context.commandId) !== null;
      const allowed = runCommand(store, input, context, {
        operation: retentionPurge,
        target,
        confirm: { expected: purgeWord, typed: input.confirm },
        plan() {
          if (destination !== undefined && store.get('destination', destination)?.value == null)
            return err(appError('DOCUMENT_NOT_FOUND', { kind: 'destination', id: destination }));
          if (input.class === 'erasures' && olderThanMs < leastErasureAgeMs)
            return err(appError('INPUT_INVALID', { olderThanMs: `records of erasures are kept for ${leastErasureAgeMs} ms at least` }));
          return ok({ changes: [] });
        },
        answer: () => ({ items: 0, bytes: null }),
      });
      if (!allowed.ok || isRepeated) return allowed;
      const purged = await retention.purge({ class: input.class, destination, olderThanMs }, input.dryRun);
      if (input.dryRun) return purged;
      const outcome = purged.ok ? `${purged.value.items} gone` : purged.error.code;
      store.note({ by: context.by, action: 'retention.purged', target, reason: outcome, commandId: null }, purged.ok ? 'done' : outcome);
      return purged;
    },
  };
}
