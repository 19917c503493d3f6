import { appError } from '#contract/errors.ts';
import { err } from '#contract/result.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { People } from '#gateway/people/people.ts';
import { type ExportDeps, exportPage } from './export.ts';
import { hashesOf, idsOf, isPersonal } from './handlers.ts';

export interface ExportHandlerDeps extends ExportDeps {
  readonly store: DocumentStore;
  readonly people: People;
}

/** Hands a person's data out, and writes down that it did before the first of it leaves. */
export function createExportHandlers(deps: ExportHandlerDeps): HandlersOf<'person.export'> {
  const { store, people } = deps;
  return {
    async 'person.export'({ userId, anonymousId, after, reason = '' }, { by }) {
      const ids = idsOf({ userId, anonymousId });
      if (isPersonal(reason, ids)) return err(appError('REASON_PERSONAL'));
      const hashes = hashesOf(people, ids);
      if (after === undefined) {
        const noted = store.note({ by, action: 'person.export', target: `person/${hashes[0]}`, reason, commandId: null }, 'exported');
        if (!noted.ok) return noted;
      }
      return exportPage(deps, people.matchOf(hashes), after);
    },
  };
}
