/**
 * Bringing documents back to given values: all in one commit, and only if what there would be then holds together
 * as a whole. What refers to each other may change in one go, so nothing is checked beside what is there now.
 */
import type { Document, DocumentKind, DocumentValue } from '#contract/documents/document.ts';
import { type AppError, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { ControlDeps } from '../commands/deps.ts';
import { removalOf } from '../commands/destinations.ts';
import { checkDocument } from '../commands/documents.ts';
import { reading } from '../commands/reading.ts';
import type { Change, DocumentStore } from '../document-store.ts';
import { planChanges } from '../store/plan-changes.ts';
import { type Pair, restorableKinds, unknownSelection } from './compare.ts';

export interface Choice {
  /** Absent: all that differ. */
  readonly documents?: readonly { readonly kind: DocumentKind; readonly id: string }[] | undefined;
  readonly seenSeq?: number | undefined;
}

/** One thing that does not hold together. */
interface Problem {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface BringBack {
  /** From now to what is brought back: what will be written, and credentials of what was chosen. */
  readonly pairs: readonly Pair[];
  readonly changes: readonly Change[];
}

/**
 * Plans writing the `to` side of pairs whose `from` side is what is there now. INPUT_INVALID (a kind that is never
 * brought back), DOCUMENT_CONFLICT (changed since `seenSeq`), RESTORE_INVALID with `problems`.
 */
export function planBringBack(deps: ControlDeps, pairs: readonly Pair[], { documents, seenSeq }: Choice): Result<BringBack> {
  const known = unknownSelection(documents ?? []);
  if (!known.ok) return known;
  const names = documents === undefined ? null : new Set(documents.map(nameOf));
  const wanted = pairs.filter((pair) => restorableKinds.has(pair.kind) && (names === null || names.has(nameOf(pair))));
  const unseen = seenSeq === undefined ? ok([]) : reading(() => changedSince(deps.store, seenSeq, wanted));
  if (!unseen.ok) return unseen;
  if (unseen.value.length > 0) return err(appError('DOCUMENT_CONFLICT', { documents: unseen.value }));
  const changes = changesOf(deps.store, wanted);
  if (!changes.ok) return changes;
  const checked = checkWhole(deps, changes.value);
  if (!checked.ok) return checked;
  const credentials = pairs.filter(({ kind, id }) => kind === 'credential' && (names === null || names.has(`destination/${id}`)));
  return ok({ pairs: [...wanted, ...credentials], changes: changes.value });
}

function nameOf({ kind, id }: { readonly kind: DocumentKind; readonly id: string }): string {
  return `${kind}/${id}`;
}

function changedSince(store: DocumentStore, seenSeq: number, wanted: readonly Pair[]): readonly Readonly<Record<string, unknown>>[] {
  const names = new Set(wanted.map(nameOf));
  return store
    .changedBetween(seenSeq, store.headSeq(), restorableKinds)
    .filter(({ after }) => names.has(nameOf(after)))
    .map(({ after: { kind, id, revision, by, at } }) => ({ kind, id, revision, by, at }));
}

/** What is added comes first and what is removed last, so that each step of the commit could stand by itself. */
function changesOf(store: DocumentStore, wanted: readonly Pair[]): Result<readonly Change[]> {
  const puts = wanted.flatMap(({ kind, id, to }) => (to === null ? [] : [{ kind, id, value: to.value }]));
  const removals: Change[] = [];
  const problems: Problem[] = [];
  for (const { kind, id } of wanted.filter(({ to }) => to === null)) {
    const removal: Result<readonly Change[]> = kind === 'destination' ? removalOf(store, id) : ok([{ kind, id, value: null }]);
    if (removal.ok) removals.push(...removal.value);
    else problems.push(problemOf(kind, id, removal.error));
  }
  return problems.length > 0 ? err(appError('RESTORE_INVALID', { problems })) : ok([...puts, ...removals]);
}

function problemOf(kind: DocumentKind, id: string, { code, details }: AppError): Problem {
  return { kind, id, code, ...(details ? { details } : {}) };
}

/** Every document that there would be, beside every other. What was broken before and is not touched is left to its owner. */
function checkWhole(deps: ControlDeps, changes: readonly Change[]): Result<void> {
  const { store } = deps;
  const planned = planChanges(changes, store.get, { at: 0, by: '', reason: '' });
  if (!planned.ok) return planned;
  const afterwards = { ...deps, store: overlay(store, planned.value) };
  const touched = new Set(changes.map(nameOf));
  const problems = [...restorableKinds].flatMap((kind) =>
    afterwards.store.list(kind).flatMap((document: Document) => {
      const checked = checkDocument(afterwards, document);
      if (checked.ok || (!touched.has(nameOf(document)) && !checkDocument(deps, document).ok)) return [];
      return [problemOf(kind, document.id, checked.error)];
    }),
  );
  return problems.length > 0 ? err(appError('RESTORE_INVALID', { problems })) : ok(undefined);
}

/** The store as it would be. To be read only. */
function overlay(store: DocumentStore, planned: readonly Document[]): DocumentStore {
  const byName = new Map(planned.map((document) => [nameOf(document), document]));
  function list<K extends DocumentKind>(kind: K): readonly Document<K>[] {
    const isOf = (document: Document): document is Document<K> => document.kind === kind && document.value !== null;
    const untouched = store.list(kind).filter((document) => !byName.has(nameOf(document)));
    return [...untouched, ...[...byName.values()].filter(isOf)];
  }
  function get<K extends DocumentKind>(kind: K, id: string): Document<K> | null {
    const isOf = (document: Document): document is Document<K> => document.kind === kind;
    const changed = byName.get(nameOf({ kind, id }));
    return changed !== undefined && isOf(changed) ? changed : store.get(kind, id);
  }
  return { ...store, list, get };
}

/** A document as a file has it: no revision of this gateway. */
export function broughtIn(kind: DocumentKind, id: string, value: DocumentValue): Document {
  return { kind, id, revision: 0, value, at: 0, by: '', reason: '' };
}
