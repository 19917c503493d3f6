import type { Document, DocumentKind, DocumentValue } from '#contract/documents/document.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '../document-store.ts';
import type { SourceEntry } from './validate.ts';

/** A document that exists now, with its value. DOCUMENT_NOT_FOUND. */
export function findLiving<K extends DocumentKind>(
  store: DocumentStore,
  kind: K,
  id: string,
): Result<{ readonly document: Document<K>; readonly value: DocumentValue<K> }> {
  const document = store.get(kind, id);
  const value = document?.value ?? null;
  return document === null || value === null ? err(appError('DOCUMENT_NOT_FOUND', { kind, id })) : ok({ document, value });
}

export function livingSources(store: DocumentStore): readonly SourceEntry[] {
  return store.list('source').flatMap(({ id, value }) => (value === null ? [] : [{ id, value }]));
}

export function sourceIds(store: DocumentStore): ReadonlySet<string> {
  return new Set(store.list('source').map((source) => source.id));
}
