/** Small acts for tests of document stores. */
import { sourceSchema } from '#contract/documents/source.ts';
import type { Attribution, Change } from '../document-store.ts';

export const source = (name: string) => sourceSchema.parse({ name, writeKey: `key-${name}` });
export const putSource = (id: string, name: string, expectedRevision?: number): Change => ({
  kind: 'source',
  id,
  value: source(name),
  expectedRevision,
});
export const removeSource = (id: string, expectedRevision?: number): Change => ({ kind: 'source', id, value: null, expectedRevision });
export const someone = (commandId: string | null = null, more: Partial<Attribution> = {}): Attribution => ({
  by: 'ada',
  action: 'source.put',
  target: 'source/web',
  reason: 'because',
  commandId,
  ...more,
});
