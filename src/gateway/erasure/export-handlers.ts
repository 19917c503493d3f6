import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
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
  /** A later page is not written down, so only who was answered a first one may ask for it. */
  const signed = (hashes: readonly string[], at: string) => `${at}:${people.hash(['export', ...hashes, at].join('\n'))}`;
  return {
    async 'person.export'({ userId, anonymousId, after, reason = '' }, { by }) {
      const ids = idsOf({ userId, anonymousId });
      if (isPersonal(reason, ids)) return err(appError('REASON_PERSONAL'));
      const hashes = hashesOf(people, ids);
      const at = after?.slice(0, after.lastIndexOf(':'));
      if (at !== undefined && after !== signed(hashes, at)) return err(appError('INPUT_INVALID', { after: 'is not the `next` of a page' }));
      if (at === undefined) {
        const noted = store.note({ by, action: 'person.export', target: `person/${hashes[0]}`, reason, commandId: null }, 'exported');
        if (!noted.ok) return noted;
      }
      const page = await exportPage(deps, people.matchOf(hashes), at);
      if (!page.ok) return page;
      const { items, next } = page.value;
      return ok({ items, next: next === null ? null : signed(hashes, next) });
    },
  };
}
