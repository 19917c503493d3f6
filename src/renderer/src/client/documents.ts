import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type Document, type DocumentKind, documentKinds, documentSchema } from '#contract/documents/document.ts';
import { type SwitchScope, scopeId } from '#contract/documents/switch.ts';

type ByKind = { readonly [K in DocumentKind]: ReadonlyMap<string, Document<K>> };

/** Every living document of the gateway, kept up by `document.changed`. Deleted ones are not in it. */
export interface Documents {
  /** False until the first documents came. */
  readonly isLoaded: boolean;
  readonly byKind: ByKind;
  /** Newest changes seen in this session, newest first; at most 200. Feeds marks and "what changed". */
  readonly recent: readonly Document[];
}

// Built from the kinds themselves: each has its own, empty map. `fromEntries` forgets which keys it was given.
const none = Object.fromEntries(Object.keys(documentKinds).map((kind) => [kind, new Map()])) as unknown as ByKind;
export const documentStore = createStore<Documents>(() => ({ isLoaded: false, byKind: none, recent: [] }));

/** Takes in items of `document.changed`: first all that there are, then each change. */
export function receiveDocuments(items: readonly unknown[]): void {
  const { byKind, recent } = documentStore.getState();
  const touched: Partial<Record<DocumentKind, Map<string, Document>>> = {};
  const changed: Document[] = [];
  for (const item of items) {
    const document = parseDocument(item);
    if (document === null) continue;
    touched[document.kind] ??= new Map<string, Document>(byKind[document.kind]);
    const map = touched[document.kind];
    if (document.value === null) map?.delete(document.id);
    else map?.set(document.id, document);
    changed.push(document);
  }
  documentStore.setState({ isLoaded: true, byKind: { ...byKind, ...touched } as ByKind, recent: mergeRecent(recent, changed) });
}

function mergeRecent(recent: readonly Document[], changed: readonly Document[]): readonly Document[] {
  const all = new Map([...recent, ...changed].map((document) => [`${document.kind}/${document.id}/${document.revision}`, document]));
  return [...all.values()].sort((a, b) => b.at - a.at).slice(0, 200);
}

/** Parses a document with the schema of its kind; null for what this console does not understand. */
export function parseDocument(item: unknown): Document | null {
  const envelope = documentSchema.safeParse(item);
  if (!envelope.success) return null;
  if (envelope.data.value === null || envelope.data.value === undefined) return { ...envelope.data, value: null };
  const value = documentKinds[envelope.data.kind].safeParse(envelope.data.value);
  return value.success ? { ...envelope.data, value: value.data } : null;
}

const sorted = new WeakMap<ReadonlyMap<string, unknown>, readonly unknown[]>();

function listOf<K extends DocumentKind>(documents: Documents, kind: K): readonly Document<K>[] {
  const map = documents.byKind[kind];
  const known = sorted.get(map);
  if (known !== undefined) return known as readonly Document<K>[];
  const made = [...map.values()].sort((a, b) => a.id.localeCompare(b.id));
  sorted.set(map, made);
  return made;
}

/** All living documents of a kind, by id. */
export function useDocuments<K extends DocumentKind>(kind: K): readonly Document<K>[] {
  return useStore(documentStore, (state) => listOf(state, kind));
}

export function useDocument<K extends DocumentKind>(kind: K, id: string): Document<K> | undefined {
  return useStore(documentStore, (state) => state.byKind[kind].get(id));
}

export function documentOf<K extends DocumentKind>(kind: K, id: string): Document<K> | undefined {
  return documentStore.getState().byKind[kind].get(id);
}

/** The switch of a scope, where one was ever set. */
export function switchOf(scope: SwitchScope): Document<'switch'> | undefined {
  return documentOf('switch', scopeId(scope));
}

/** Revision to send as `expectedRevision`: what the operator looked at; 0 when there is none yet. */
export function revisionOf(kind: DocumentKind, id: string): number {
  return documentOf(kind, id)?.revision ?? 0;
}

/** The name of a destination as people know it; its id where it has no document. */
export function destinationName(id: string): string {
  return documentOf('destination', id)?.value?.name ?? id;
}

export function useDestinationName(id: string): string {
  return useStore(documentStore, (state) => state.byKind.destination.get(id)?.value?.name ?? id);
}
