import { diffValues, pathText } from '#contract/documents/diff.ts';
import type { Document } from '#contract/documents/document.ts';
import type { DriftItem } from '../commands/deps.ts';
import type { Config } from '../config.ts';
import type { DocumentStore } from '../document-store.ts';
import { type Declared, declaredDocuments } from './declared.ts';

/**
 * How today's documents differ from the file, field by field: changed, removed (`now: null`,
 * empty path), or there without being in the file (`file: null`, empty path). To a file, an absent field is null.
 */
export function findDrift(config: Config, store: DocumentStore): readonly DriftItem[] {
  const declared = declaredDocuments(config);
  const names = new Set(declared.map(({ kind, id }) => `${kind}/${id}`));
  const extra = [...store.list('source'), ...store.list('destination')].filter((document) => !names.has(`${document.kind}/${document.id}`));
  return [
    ...declared.flatMap((one) => driftOf(one, store.get(one.kind, one.id))),
    ...extra.map((document) => item(document, '', null, document.value)),
  ];
}

function driftOf({ kind, id, value }: Declared, head: Document | null): readonly DriftItem[] {
  if (head === null) return [{ kind, id, path: '', file: value, now: null, by: 'config', at: 0 }];
  if (head.value === null) return [item(head, '', value, null)];
  const differences = diffValues(value, head.value).map((entry) => ({
    path: pathText(entry.path),
    file: entry.before ?? null,
    now: entry.after ?? null,
  }));
  // A claim is not drift unless the file itself names an owner.
  const isClaim = (path: string) => kind === 'destination' && path === 'owner' && !('owner' in value);
  return differences
    .filter(({ path, file, now }) => file !== now && !isClaim(path))
    .map(({ path, file, now }) => item(head, path, file, now));
}

function item({ kind, id, by, at }: Document, path: string, file: unknown, now: unknown): DriftItem {
  return { kind, id, path, file, now, by, at };
}
