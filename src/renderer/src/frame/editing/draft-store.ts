/** Drafts of documents that are not saved: they outlive a look at another place. For kinds that hold nothing of a person. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface KeptDraft<D> {
  readonly draft: D;
  /** The revision that it was drawn from; 0 for a new document. */
  readonly base: number;
  /** It was taken as revision `base`, and stands in until the gateway's document comes. */
  readonly isSaved?: boolean;
}

export interface DraftStore<D> {
  readonly store: StoreApi<ReadonlyMap<string, KeptDraft<D>>>;
  keep(id: string, kept: KeptDraft<D>): void;
  drop(id: string): void;
}

export function createDraftStore<D>(): DraftStore<D> {
  const store = createStore<ReadonlyMap<string, KeptDraft<D>>>(() => new Map());
  const change = (edit: (drafts: Map<string, KeptDraft<D>>) => void) => {
    const next = new Map(store.getState());
    edit(next);
    store.setState(next, true);
  };
  return {
    store,
    keep: (id, kept) => change((drafts) => drafts.set(id, kept)),
    drop: (id) => change((drafts) => drafts.delete(id)),
  };
}
