import type { Document, DocumentKind, DocumentValue } from '#contract/documents/document.ts';
import { settingsId } from '../commands/settings.ts';
import type { Config } from '../config.ts';
import type { DocumentStore } from '../document-store.ts';
import { isKind } from '../store/heads.ts';

/** One document as the file has it. */
export interface Declared {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly value: DocumentValue;
}

export function declaredDocuments(config: Config): readonly Declared[] {
  return [
    ...(config.settings === null ? [] : [{ kind: 'settings' as const, id: settingsId, value: config.settings }]),
    ...config.sources.map(({ id, value }) => ({ kind: 'source' as const, id, value })),
    ...config.destinations.map(({ id, value }) => ({ kind: 'destination' as const, id, value })),
  ];
}

/** Who looks after a destination at the moment is not what the file is about: claiming one does not take it out of the file's hands. */
export function withoutClaim(document: Document): DocumentValue | null {
  if (!isKind(document, 'destination') || document.value === null) return document.value;
  const { owner: _claimed, ...value } = document.value;
  return value;
}

/** The newest revision that the file wrote; null where it wrote none. */
export function lastByFile(store: DocumentStore, kind: DocumentKind, id: string): Document | null {
  return store.history(kind, id, Number.MAX_SAFE_INTEGER).find((document) => document.by === 'config') ?? null;
}
