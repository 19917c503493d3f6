/** Reading a set-up that was exported, perhaps by another version, perhaps changed by hand since. */
import { type Document, type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import { flagKeySchema } from '#contract/documents/flag.ts';
import { nameSchema } from '#contract/documents/source.ts';
import { appError } from '#contract/errors.ts';
import { fieldToLeaveOutSchema } from '#contract/operations/restore.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { settingsId } from '../commands/settings.ts';
import { type LocatedYaml, type Mistake, type Path, parseLocated } from '../config/located-yaml.ts';
import { schemaMistakes } from '../config/schema-mistakes.ts';
import type { DocumentStore } from '../document-store.ts';
import { broughtIn } from './bring-back.ts';
import { alwaysLocal, pathsIn, withField } from './fields.ts';
import { carriedKinds, type NeededCredential, setupFormat, setupVersion } from './setup-text.ts';

const setupSchema = z.strictObject({
  format: z.literal(setupFormat, `must be ${setupFormat}`),
  version: z.literal(setupVersion, `must be ${setupVersion}: another version of Sluice wrote this file`),
  environment: z.string().max(100),
  exportedAt: z.iso.datetime('must be a time such as 2026-11-21T10:00:00Z'),
  leftOut: z.array(fieldToLeaveOutSchema).default([]),
  documents: z.partialRecord(z.enum(carriedKinds), z.record(z.string(), z.record(z.string(), z.unknown()))).optional(),
  credentials: z.array(z.strictObject({ destination: nameSchema, connector: z.string().max(100) })).default([]),
});

const documentsSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));

export interface ReadSetup {
  readonly environment: string;
  readonly exportedAt: string;
  readonly documents: readonly Document[];
  readonly credentials: readonly NeededCredential[];
}

/**
 * The documents of a text, with the fields that it, or `leaveOut`, leaves out as they are in the store. SETUP_INVALID
 * with `mistakes: { line, path, message }[]`, all of them; none quotes the text.
 */
export function readSetup(text: string, leaveOut: readonly string[], store: DocumentStore): Result<ReadSetup> {
  const yaml = parseLocated(text);
  const mistakes: Mistake[] = [...yaml.mistakes];
  const header = mistakes.length === 0 ? readHeader(yaml, mistakes) : null;
  if (header === null) return err(appError('SETUP_INVALID', { mistakes }));
  const kept = [...new Set([...alwaysLocal, ...header.leftOut, ...leaveOut])];
  const documents = carriedKinds.flatMap((kind) =>
    Object.entries(header.documents[kind] ?? {}).flatMap(
      ([id, raw]) => readDocument({ yaml, kind, id, raw, kept, ours: store.get(kind, id)?.value ?? null }, mistakes) ?? [],
    ),
  );
  if (mistakes.length > 0) return err(appError('SETUP_INVALID', { mistakes: mistakes.sort((a, b) => a.line - b.line) }));
  return ok({ ...header, documents });
}

function readHeader(yaml: LocatedYaml, mistakes: Mistake[]) {
  const parsed = setupSchema.safeParse(yaml.data);
  if (!parsed.success) {
    mistakes.push(...(yaml.data === null ? [yaml.at([], 'is empty')] : schemaMistakes(yaml, parsed.error, setupSchema, [])));
    return null;
  }
  return { ...parsed.data, documents: documentsSchema.parse(parsed.data.documents ?? {}) };
}

interface Entry {
  readonly yaml: LocatedYaml;
  readonly kind: DocumentKind;
  readonly id: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly kept: readonly string[];
  /** As it is here; null: it is not. */
  readonly ours: unknown;
}

function readDocument({ yaml, kind, id, raw, kept, ours }: Entry, mistakes: Mistake[]): Document | null {
  const at: Path = ['documents', kind, id];
  const problem = idProblem(kind, id);
  if (problem !== null) mistakes.push(yaml.at(at, problem));
  const paths = pathsIn(kept, kind);
  const value = paths.reduce((whole, path) => withField(whole, path, ours), raw);
  const schema = documentKinds[kind];
  const parsed = schema.safeParse(value);
  if (parsed.success) return broughtIn(kind, id, parsed.data);
  for (const issue of parsed.error.issues) {
    const isKept = paths.some((path) => path.every((part, index) => issue.path[index] === part));
    const own = isKept ? [yaml.at([...at, ...issue.path.map(String)], 'is left out of the file, and there is none here to keep')] : null;
    mistakes.push(...(own ?? schemaMistakes(yaml, new z.ZodError([issue]), schema, at)));
  }
  return null;
}

function idProblem(kind: DocumentKind, id: string): string | null {
  if (kind === 'settings') return id === settingsId ? null : `there is only one: ${settingsId}`;
  const parsed = (kind === 'flag' ? flagKeySchema : nameSchema).safeParse(id);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'is no name');
}
