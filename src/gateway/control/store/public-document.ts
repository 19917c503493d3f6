import type { Document, DocumentKind } from '#contract/documents/document.ts';

/**
 * A document as it may leave the gateway: a credential without its sealed text. Every
 * operation and topic that hands out documents passes them through here.
 */
export function publicDocument<K extends DocumentKind>(document: Document<K>): Document<K> {
  if (document.value === null || !('sealed' in document.value) || document.value.sealed === null) return document;
  return { ...document, value: { ...document.value, sealed: null } };
}
