import type { Document, DocumentKind } from '#contract/documents/document.ts';
import { AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Change } from '../document-store.ts';
import { canonicalJson } from './canonical.ts';
import { parseValue } from './revision.ts';

interface Stamp {
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

type Head = (kind: DocumentKind, id: string) => Document | null;

/** The revisions that changes would write on top of the heads. DOCUMENT_CONFLICT, DOCUMENT_NOT_FOUND, INPUT_INVALID. */
export function planChanges(changes: readonly Change[], head: Head, stamp: Stamp): Result<readonly Document[]> {
  const planned: Document[] = [];
  const headNow: Head = (kind, id) => planned.findLast((document) => document.kind === kind && document.id === id) ?? head(kind, id);
  for (const change of changes) {
    const document = planOne(change, headNow(change.kind, change.id), stamp);
    if (!document.ok) return document;
    planned.push(document.value);
  }
  return ok(planned);
}

function planOne(change: Change, current: Document | null, stamp: Stamp): Result<Document> {
  const { kind, id, expectedRevision } = change;
  const isLiving = current !== null && current.value !== null;
  const revision = current?.revision ?? 0;
  const fits = expectedRevision === undefined || expectedRevision === revision || (expectedRevision === 0 && !isLiving);
  if (!fits)
    return err(appError('DOCUMENT_CONFLICT', { kind, id, expectedRevision, revision, by: current?.by ?? null, at: current?.at ?? null }));
  if (change.value === null) {
    if (!isLiving) return err(appError('DOCUMENT_NOT_FOUND', { kind, id }));
    return ok(Object.freeze({ kind, id, revision: revision + 1, value: null, ...stamp }));
  }
  const value = parseStorable(kind, change.value);
  return value.ok ? ok(Object.freeze({ kind, id, revision: revision + 1, value: value.value, ...stamp })) : value;
}

function parseStorable(kind: DocumentKind, value: unknown): ReturnType<typeof parseValue> {
  try {
    // Through JSON first: what readers get now is what a restart would give them.
    return parseValue(kind, JSON.parse(canonicalJson(value)));
  } catch (failure) {
    if (failure instanceof AppFailure) return err(failure.error);
    throw failure;
  }
}
