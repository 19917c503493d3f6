import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Document, DocumentKind, DocumentValue } from '#contract/documents/document.ts';
import { useDocument } from '#renderer/client/documents.ts';
import type { DraftStore } from './draft-store.ts';

export interface Edited<K extends DocumentKind, D> {
  readonly id: string;
  /** Null: there is neither such a document nor a draft of it. */
  readonly draft: D | null;
  readonly document: Document<K> | undefined;
  readonly isChanged: boolean;
  /** The revision that the draft was drawn from; 0 for a new document. */
  readonly base: number;
  /** Somebody saved another revision meanwhile. */
  readonly isOutdated: boolean;
  readonly change: (draft: D) => void;
  /** Takes the draft away: what is in force shows again. */
  readonly drop: () => void;
  /** Keeps the draft, as a change of the newest revision. */
  readonly rebase: () => void;
  /** It was taken as this revision. */
  readonly saved: (revision: number) => void;
}

/** A document as it is edited: its draft where there is one, else what is in force. */
export function useEdited<K extends DocumentKind, D>(
  kind: K,
  id: string,
  drafts: DraftStore<D>,
  draftOf: (value: DocumentValue<K>) => D,
): Edited<K, D> {
  const document = useDocument(kind, id);
  const kept = useStore(drafts.store, (state) => state.get(id));
  const revision = document?.revision ?? 0;
  const value = document?.value ?? null;
  const saved = value === null ? null : draftOf(value);
  const draft = kept?.draft ?? saved;
  const base = kept?.base ?? revision;
  const isSaved = kept?.isSaved === true;
  const isThere = isSaved && revision >= base;
  useEffect(() => {
    if (isThere) drafts.drop(id);
  }, [isThere, drafts, id]);
  return {
    id,
    draft,
    document,
    isChanged: kept !== undefined && !isSaved,
    base,
    isOutdated: kept !== undefined && !isSaved && kept.base !== revision,
    change: (next) => {
      // Typed back to what it was: there is nothing to save.
      if (base === revision && JSON.stringify(next) === JSON.stringify(saved)) drafts.drop(id);
      else drafts.keep(id, { draft: next, base });
    },
    drop: () => drafts.drop(id),
    rebase: () => {
      if (draft !== null) drafts.keep(id, { draft, base: revision });
    },
    saved: (taken) => {
      if (draft !== null) drafts.keep(id, { draft, base: taken, isSaved: true });
    },
  };
}
