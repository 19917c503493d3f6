import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { reading, readingSteps } from './reading.ts';

export function auditCommands({ store }: ControlDeps): HandlersOf<'audit.list' | 'audit.verify' | 'audit.note' | 'command.outcome'> {
  return {
    'audit.list': ({ beforeSeq, limit }) => reading(() => ({ entries: [...store.audit(beforeSeq ?? null, limit)] })),

    'audit.verify': () => readingSteps(() => store.verifyAudit()),

    /** The reason that a stop did not ask for, given afterwards. */
    'audit.note'({ target, note, dryRun }, context) {
      if (dryRun) return ok({ seq: (store.audit(null, 1)[0]?.seq ?? 0) + 1 });
      const entry = store.note({ by: context.by, action: 'audit.note', target, reason: note, commandId: context.commandId }, 'noted');
      return entry.ok ? ok({ seq: entry.value.seq }) : entry;
    },

    'command.outcome'({ commandId }) {
      const entry = store.outcome(commandId);
      if (entry === null) return err(appError('COMMAND_UNKNOWN', { commandId }));
      const { action, target, at, outcome } = entry;
      return ok({ action, target, at, outcome });
    },
  };
}
