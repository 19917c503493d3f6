import { type Document, type DocumentKind, type DocumentValue, documentKindSchema, documentKinds } from '#contract/documents/document.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { z } from '#contract/zod.ts';
import { canonicalJson, deepFreeze } from './canonical.ts';
import type { RevisionRow } from './rows.ts';

/** Fields that are wrong, as `INPUT_INVALID` and `SETTINGS_INVALID` carry them. */
export function issuesOf(error: z.ZodError, under = ''): readonly { readonly path: string; readonly message: string }[] {
  return error.issues.map((issue) => ({
    path: [under, ...issue.path.map(String)].filter((part) => part !== '').join('.'),
    message: issue.message,
  }));
}

/** Parses a value by its kind's schema, defaults filled in. INPUT_INVALID with `issues`. */
export function parseValue(kind: DocumentKind, value: unknown): Result<DocumentValue> {
  const parsed = documentKinds[kind].safeParse(value);
  return parsed.success ? ok(deepFreeze(parsed.data)) : err(appError('INPUT_INVALID', { kind, issues: issuesOf(parsed.error, 'value') }));
}

export function toRevisionRow(document: Document, auditSeq: number): RevisionRow {
  const { kind, id, revision, value, at, by, reason } = document;
  return { kind, id, revision, value: value === null ? null : canonicalJson(value), at, by, reason, auditSeq };
}

/** What comes from disk is parsed. DATA_CORRUPT names the revision that does not fit its schema. */
export function fromRevisionRow(row: RevisionRow): Result<Document> {
  const { kind: kindText, id, revision, value: text, at, by, reason } = row;
  const corrupt = (why: string) => err(appError('DATA_CORRUPT', { document: `${kindText}/${id}`, revision, why }));
  const kind = documentKindSchema.safeParse(kindText);
  if (!kind.success) return corrupt('unknown kind');
  if (text === null) return ok(Object.freeze({ kind: kind.data, id, revision, value: null, at, by, reason }));
  const json = parseJson(text);
  if (json === undefined) return corrupt('not JSON');
  const value = parseValue(kind.data, json);
  return value.ok
    ? ok(Object.freeze({ kind: kind.data, id, revision, value: value.value, at, by, reason }))
    : corrupt('does not fit its schema');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
