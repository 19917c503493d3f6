import { z } from '#contract/zod.ts';
import type { LocatedYaml, Mistake, Path } from './located-yaml.ts';
import { nearest } from './nearest.ts';

/** What a schema found wrong, with lines; an unknown key with the known one it was probably meant to be. */
export function schemaMistakes(yaml: LocatedYaml, error: z.ZodError, schema: z.ZodType, under: Path): readonly Mistake[] {
  return error.issues.flatMap((issue) => {
    const inside = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    const path = [...under, ...inside];
    if (issue.code !== 'unrecognized_keys') return [yaml.at(path, wording(issue))];
    const known = keysAt(schema, inside);
    return issue.keys.map((key) => yaml.at([...path, key], unknownKey(key, known)));
  });
}

export function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === null ? `unknown key; known are ${known.join(', ')}` : `unknown key; did you mean ${meant}?`;
}

function wording(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type')
    return issue.input === undefined && issue.message.endsWith('received undefined') ? 'is missing' : `must be ${article(issue.expected)}`;
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

function article(type: string): string {
  const words: Readonly<Record<string, string>> = {
    object: 'a mapping',
    record: 'a mapping',
    array: 'a list',
    int: 'a whole number',
    boolean: 'true or false',
    string: 'text',
  };
  return words[type] ?? `a ${type}`;
}

/** The keys that a schema knows at a path; empty where anything goes. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let current: unknown = bare(schema);
  for (const part of path) {
    if (current instanceof z.ZodObject) current = bare(current.shape[String(part)]);
    else if (current instanceof z.ZodArray) current = bare(current.element);
    else return [];
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

/** Without the wrappers that only say what happens when a value is absent. */
function bare(schema: unknown): unknown {
  let current = schema;
  while (
    current instanceof z.ZodOptional ||
    current instanceof z.ZodDefault ||
    current instanceof z.ZodPrefault ||
    current instanceof z.ZodNullable
  )
    current = current.unwrap();
  return current;
}
