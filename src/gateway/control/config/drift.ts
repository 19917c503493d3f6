import type { Document } from '#contract/documents/document.ts';
import type { DriftItem } from '../commands/deps.ts';
import type { Config } from '../config.ts';
import type { DocumentStore } from '../document-store.ts';
import { canonicalJson } from '../store/canonical.ts';
import { type Declared, declaredDocuments } from './declared.ts';

/**
 * How today's documents differ from the file, field by field: changed, removed (`now: null`,
 * empty path), or there without being in the file (`file: null`, empty path).
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
  const differences = diff(value, head.value, '');
  // A claim is not drift unless the file itself names an owner.
  const isClaim = (path: string) => kind === 'destination' && path === 'owner' && !('owner' in value);
  return differences.filter(({ path }) => !isClaim(path)).map(({ path, file, now }) => item(head, path, file, now));
}

function item({ kind, id, by, at }: Document, path: string, file: unknown, now: unknown): DriftItem {
  return { kind, id, path, file, now, by, at };
}

interface Difference {
  readonly path: string;
  readonly file: unknown;
  readonly now: unknown;
}

/** Mappings field by field, anything else as a whole. An absent field is null. */
function diff(file: unknown, now: unknown, path: string): readonly Difference[] {
  if (isMapping(file) && isMapping(now)) {
    const keys = [...new Set([...Object.keys(file), ...Object.keys(now)])];
    return keys.flatMap((key) => diff(file[key], now[key], path === '' ? key : `${path}.${key}`));
  }
  const isSame = file === now || canonicalJson(file ?? null) === canonicalJson(now ?? null);
  return isSame ? [] : [{ path, file: file ?? null, now: now ?? null }];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
