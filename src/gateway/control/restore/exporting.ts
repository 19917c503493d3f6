/** A set-up as one file. */
import { ok } from '#contract/result.ts';
import type { HandlersOf } from '../commands/context.ts';
import type { ControlDeps } from '../commands/deps.ts';
import { reading } from '../commands/reading.ts';
import { isKind } from '../store/heads.ts';
import { type Pair, pairsBetween, restorableKinds, seqOf } from './compare.ts';
import { type NeededCredential, setupText } from './setup-text.ts';

export function exportHandlers({ store, vault, now }: ControlDeps): HandlersOf<'restorePoint.export'> {
  return {
    'restorePoint.export'({ of, documents: chosen, leaveOut }) {
      const at = seqOf(store, of);
      if (!at.ok) return at;
      const found = reading(() => pairsBetween(store, 0, at.value));
      if (!found.ok) return found;
      const isWanted = ({ kind, id }: Pair) =>
        restorableKinds.has(kind) && (chosen === undefined || chosen.some((one) => one.kind === kind && one.id === id));
      const documents = found.value.filter(isWanted).flatMap(({ to }) => to ?? []);
      const bound = new Set(found.value.flatMap(({ kind, id, to }) => (kind === 'credential' && to !== null ? [id] : [])));
      const credentials = documents.flatMap((document): readonly NeededCredential[] => {
        if (!isKind(document, 'destination') || document.value === null || !bound.has(document.id)) return [];
        return [{ destination: document.id, connector: document.value.connector }];
      });
      const exportedAt = new Date(now()).toISOString();
      const text = setupText({ environment: vault.environment(), exportedAt, documents, credentials, leaveOut });
      return text.ok ? ok({ text: text.value, documents: documents.length, credentials: credentials.length }) : text;
    },
  };
}
