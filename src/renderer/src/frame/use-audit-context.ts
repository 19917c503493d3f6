import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Document } from '#contract/documents/document.ts';
import { documentStore } from '#renderer/client/documents.ts';
import type { AuditContext } from './audit-words.ts';

/** Names and switch modes as this console knows them, for `auditWords`. */
export function useAuditContext(): AuditContext {
  const recent = useStore(documentStore, (state) => state.recent);
  const destinations = useStore(documentStore, (state) => state.byKind.destination);
  return useMemo(
    () => ({
      destinationName: (id) => destinations.get(id)?.value?.name ?? id,
      switchMode: (id, revision) =>
        recent.find(
          (document): document is Document<'switch'> => document.kind === 'switch' && document.id === id && document.revision === revision,
        )?.value?.mode ?? null,
    }),
    [recent, destinations],
  );
}
