import type { DocumentStore } from '#gateway/control/document-store.ts';
import { compileFlags, type FlagSet } from '#gateway/flags/flag-set.ts';

export interface NodeFlags {
  /** The flags in force. */
  current(): FlagSet;
  /** Calls back after each change, once it is in force. Returns the unsubscriber. */
  watch(changed: () => void): () => void;
}

/** Keeps the flag set true to the documents: in force in the turn in which a change is committed. */
export function followFlags(store: DocumentStore): NodeFlags {
  const listeners = new Set<() => void>();
  let flags = compileFlags(store.list('flag'));
  store.watch((documents) => {
    if (!documents.some(({ kind }) => kind === 'flag')) return;
    flags = compileFlags(store.list('flag'));
    for (const listener of listeners) listener();
  });
  return {
    current: () => flags,
    watch(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
