/** Pure: restore points and what bringing one back means, in words. */
import type { DocumentKind } from '#contract/documents/document.ts';
import type { AppError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { ChangedDocument, Comparison } from '#contract/operations/restore.ts';
import { z } from '#contract/zod.ts';
import { counted } from '#renderer/ui/quantity.ts';

export type Point = OutputOf<Operations['restorePoint.list']>['points'][number];

export function differsWords(differing: number): string {
  return differing === 0 ? 'as it is now' : `${counted(differing, 'document')} differ${differing === 1 ? 's' : ''}`;
}

/** What must be typed to bring a point back: the name that somebody gave it, or its id. */
export function targetOf({ id, name, automatic }: Point): string {
  return automatic ? id : name;
}

export function kindWords(kind: DocumentKind): string {
  return kind === 'plan' ? 'tracking plan' : kind.replaceAll('-', ' ');
}

/** A name for a document in lists of choices; ids hold no line break. */
export function keyOf({ kind, id }: Pick<ChangedDocument, 'kind' | 'id'>): string {
  return `${kind}\n${id}`;
}

/** What becomes of a document from the one state to the other; nothing where its fields tell. */
export function changeWords({ kind, change }: Pick<ChangedDocument, 'kind' | 'change'>): string {
  if (change === 'changed') return '';
  if (change === 'added') return 'is added';
  return kind === 'destination' ? 'is removed, and what waits there is dropped' : 'is removed';
}

/** Documents that are chosen unasked: all, but what drops waiting events. */
export function chosenAtFirst(documents: readonly ChangedDocument[]): ReadonlySet<string> {
  const isHarmless = ({ kind, change, isRestorable }: ChangedDocument) => isRestorable && !(kind === 'destination' && change === 'removed');
  return new Set(documents.filter(isHarmless).map(keyOf));
}

export function credentialWords({ needs, has }: Comparison['credentials'][number]): string {
  const present = has === null ? 'has none' : `has ${has}`;
  return needs === null ? 'needs a credential; there is none here' : `needs version ${needs}, ${present}`;
}

const problemsSchema = z.array(
  z.object({
    kind: z.string(),
    id: z.string(),
    code: z.string(),
    details: z
      .object({ issues: z.array(z.object({ path: z.string(), message: z.string() })).optional() })
      .loose()
      .optional(),
  }),
);
const mistakesSchema = z.array(z.object({ line: z.number(), path: z.string(), message: z.string() }));

/** What is wrong where, one line each; empty where the error names nothing. */
export function problemLines({ details = {} }: Pick<AppError, 'details'>): readonly string[] {
  const mistakes = mistakesSchema.safeParse(details.mistakes);
  if (mistakes.success) return mistakes.data.map(({ line, path, message }) => `Line ${line}: ${path} ${message}`);
  const problems = problemsSchema.safeParse(details.problems);
  if (problems.success) return problems.data.flatMap(linesOf);
  const changed = z.array(z.object({ kind: z.string(), id: z.string(), by: z.string() })).safeParse(details.documents);
  if (changed.success) return changed.data.map(({ kind, id, by }) => `${kind} ${id} was changed by ${by}`);
  const fields = z.array(z.string()).safeParse(details.fields);
  return fields.success ? fields.data : [];
}

function linesOf({ kind, id, code, details }: z.output<typeof problemsSchema>[number]): readonly string[] {
  const { issues, ...rest } = details ?? {};
  if (issues !== undefined) return issues.map(({ path, message }) => `${kind} ${id}: ${path.replace(/^value\./, '')} ${message}`);
  const more = Object.entries(rest).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`);
  return [`${kind} ${id}: ${[code, ...more].join(', ')}`];
}

/** Fields that differ from gateway to gateway, and which of them a person leaves out together. */
export const keptFields = [
  { id: 'endpoints', label: 'Endpoints and proxies', fields: ['destination.endpoint', 'destination.endpoints', 'destination.transport'] },
  { id: 'writeKeys', label: 'Write keys', fields: ['source.writeKey', 'source.moreKeys'] },
  { id: 'settings', label: 'Settings of connectors (accounts, pixel ids)', fields: ['destination.settings'] },
] as const;

export function fieldsOf(kept: ReadonlySet<string>): string[] {
  return keptFields.flatMap(({ id, fields }) => (kept.has(id) ? [...fields] : []));
}
