import type { Settings } from '#contract/documents/settings.ts';
import { appError } from '#contract/errors.ts';
import { settingsPut } from '#contract/operations/documents.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '../document-store.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { revisionOf, runCommand } from './run-command.ts';

/** The one settings document. */
export const settingsId = 'gateway';

export function settingsCommands({ store, vault }: ControlDeps): HandlersOf<'settings.put'> {
  return {
    'settings.put': (input, context) =>
      runCommand(store, input, context, {
        operation: settingsPut,
        target: `settings/${settingsId}`,
        plan() {
          const checked = checkSettings(store, vault.environment(), input.value);
          return checked.ok ? ok({ changes: [{ kind: 'settings', id: settingsId, value: input.value }] }) : checked;
        },
        answer: revisionOf,
      }),
  };
}

/** A sealed credential says which environment it is for; renaming the environment would lock them all out at the next start. */
export function checkSettings(store: DocumentStore, environment: string, settings: Settings): Result<void> {
  const sealed = store.list('credential').filter((credential) => credential.value?.sealed != null);
  if (settings.environment === environment || sealed.length === 0) return ok(undefined);
  return err(
    appError('DOCUMENT_IN_USE', {
      credentials: sealed.map((credential) => credential.id),
      why: `they are sealed for ${environment}; remove them first`,
    }),
  );
}
