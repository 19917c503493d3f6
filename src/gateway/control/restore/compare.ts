/** How two states of the documents differ. */
import { diffValues } from '#contract/documents/diff.ts';
import { type Document, type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import { isRestorable, restoreRoles } from '#contract/documents/restoring.ts';
import { appError } from '#contract/errors.ts';
import type { ChangedDocument, Comparison, Moment } from '#contract/operations/restore.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { findLiving } from '../commands/living.ts';
import type { DocumentStore } from '../document-store.ts';
import { canonicalJson } from '../store/canonical.ts';
import { isKind } from '../store/heads.ts';

const allKinds = Object.keys(documentKinds).filter((kind): kind is DocumentKind => Object.hasOwn(documentKinds, kind));
/** All but records: those tell what happened, and are no set-up. */
const comparedKinds: ReadonlySet<DocumentKind> = new Set(allKinds.filter((kind) => restoreRoles[kind] !== 'record'));
export const restorableKinds: ReadonlySet<DocumentKind> = new Set(allKinds.filter(isRestorable));

/** One document in two states; null: it does not exist there. */
export interface Pair {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly from: Document | null;
  readonly to: Document | null;
}

/** The audit entry that a moment is. DOCUMENT_NOT_FOUND. */
export function seqOf(store: DocumentStore, moment: Moment): Result<number> {
  if (moment.type === 'now') return ok(store.headSeq());
  if (moment.type === 'time') return ok(store.seqAt(moment.at));
  const found = findLiving(store, 'restore-point', moment.id);
  return found.ok ? ok(found.value.value.auditSeq) : found;
}

/** Documents that differ between two moments. Throws AppFailure DATA_CORRUPT. */
export function pairsBetween(store: DocumentStore, fromSeq: number, toSeq: number): readonly Pair[] {
  const isForward = fromSeq <= toSeq;
  const [first, last] = isForward ? [fromSeq, toSeq] : [toSeq, fromSeq];
  return store.changedBetween(first, last, comparedKinds).flatMap(({ before, after }) => {
    const [was, is] = [living(before), living(after)];
    const { kind, id } = after;
    // An older text may have become equal by a default that a newer schema fills in.
    if (canonicalJson(was?.value ?? null) === canonicalJson(is?.value ?? null)) return [];
    return [isForward ? { kind, id, from: was, to: is } : { kind, id, from: is, to: was }];
  });
}

function living(document: Document | null): Document | null {
  return document === null || document.value === null ? null : document;
}

/** Characters of differences that one answer holds; a frame has a limit. */
const mostCharacters = 1_000_000;

/** What a person sees of pairs. */
export function comparisonOf(store: DocumentStore, pairs: readonly Pair[]): Comparison {
  let characters = 0;
  const documents = pairs.flatMap((pair): readonly ChangedDocument[] => {
    const { kind, id, from, to } = pair;
    if (restoreRoles[kind] === 'version') return [];
    const change = from === null ? 'added' : to === null ? 'removed' : 'changed';
    const entries = [...diffValues(from?.value ?? null, to?.value ?? null)];
    characters += JSON.stringify(entries).length;
    const isCut = characters > mostCharacters;
    const { by, at } = newerOf(store, pair);
    return [{ kind, id, change, isRestorable: isRestorable(kind), entries: isCut ? [] : entries, isCut, by, at }];
  });
  return {
    documents,
    credentials: pairs.flatMap((pair) => {
      const needs = versionOf(pair.to);
      return pair.kind === 'credential' && needs !== null ? [{ destination: pair.id, needs, has: versionOf(pair.from) }] : [];
    }),
    seq: store.headSeq(),
  };
}

/** Who wrote the newer of the two states. */
function newerOf(store: DocumentStore, { kind, id, from, to }: Pair): { readonly by: string; readonly at: number } {
  const head = store.get(kind, id);
  // What is gone in one of the two was removed by a revision that neither shows.
  if (from === null || to === null) return head ?? from ?? to ?? { by: '', at: 0 };
  return from.revision > to.revision ? from : to;
}

function versionOf(document: Document | null): number | null {
  return document !== null && isKind(document, 'credential') ? (document.value?.version ?? null) : null;
}

export function unknownSelection(documents: readonly { readonly kind: DocumentKind; readonly id: string }[]): Result<void> {
  const wrong = documents.findIndex(({ kind }) => !isRestorable(kind));
  const kind = documents[wrong]?.kind;
  if (kind === undefined) return ok(undefined);
  return err(appError('INPUT_INVALID', { issues: [{ path: `documents.${wrong}`, message: `a ${kind} is never brought back` }] }));
}
