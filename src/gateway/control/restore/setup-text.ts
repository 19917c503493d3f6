/** Writing a set-up as one text that people can read, compare and keep in a repository. */
import { stringify } from 'yaml';
import { type Document, type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import { restoreRoles } from '#contract/documents/restoring.ts';
import { appError } from '#contract/errors.ts';
import { longestSetup } from '#contract/operations/restore.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { hasPattern } from '#gateway/pipeline/find-patterns.ts';
import { alwaysLocal, pathsIn, withField } from './fields.ts';

export const setupFormat = 'sluice-setup';
/** Grows when an older gateway could no longer read what is written. */
export const setupVersion = 1;

/** A credential that somebody must bind where the set-up is imported. */
export interface NeededCredential {
  readonly destination: string;
  readonly connector: string;
}

export interface Setup {
  readonly environment: string;
  /** ISO 8601. */
  readonly exportedAt: string;
  readonly documents: readonly Document[];
  readonly credentials: readonly NeededCredential[];
  readonly leaveOut: readonly string[];
}

/** Kinds that are carried, as they come in the file. */
export const carriedKinds = Object.keys(documentKinds).filter(
  (kind): kind is DocumentKind => Object.hasOwn(documentKinds, kind) && restoreRoles[kind as DocumentKind] === 'carried',
);

const head = '# A set-up of Sluice. No secret is in it. Import it with: sluice import FILE --dry-run\n';

/** The text. SETUP_PERSONAL names fields that hold what looks like an e-mail address; SETUP_TOO_LARGE. */
export function setupText({ environment, exportedAt, documents, credentials, leaveOut }: Setup): Result<string> {
  const leftOut = [...new Set([...alwaysLocal, ...leaveOut])];
  const carried = carriedKinds.flatMap((kind) => {
    const ofKind = documents.filter((document) => document.kind === kind);
    return ofKind.length === 0
      ? []
      : [[kind, Object.fromEntries(ofKind.map((document) => [document.id, without(document, leftOut)]))] as const];
  });
  const personal = carried.flatMap(([kind, values]) => addressesIn(values, [kind]));
  if (personal.length > 0) return err(appError('SETUP_PERSONAL', { fields: personal.slice(0, 50) }));
  const whole = {
    format: setupFormat,
    version: setupVersion,
    environment,
    exportedAt,
    leftOut,
    documents: Object.fromEntries(carried),
    credentials,
  };
  const text = head + stringify(whole, { lineWidth: 0, aliasDuplicateObjects: false });
  return text.length <= longestSetup ? ok(text) : err(appError('SETUP_TOO_LARGE', { characters: text.length, most: longestSetup }));
}

function without({ kind, value }: Document, leftOut: readonly string[]): Readonly<Record<string, unknown>> {
  return pathsIn(leftOut, kind).reduce<Readonly<Record<string, unknown>>>((rest, path) => withField(rest, path, undefined), { ...value });
}

function addressesIn(value: unknown, path: readonly string[]): readonly string[] {
  if (typeof value === 'string') return hasPattern('email', value) ? [path.join('.')] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    hasPattern('email', name) ? [path.join('.')] : addressesIn(inner, [...path, name]),
  );
}
