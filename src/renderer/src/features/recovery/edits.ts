/** Pure: changes of a masked event as a person types them, as RFC 6902 operations. */
import type { Edit } from '#contract/operations/replay.ts';
import { pointerStep } from '#renderer/ui/json-text.ts';

export const editKinds = ['text', 'number', 'json', 'remove'] as const;
export type EditKind = (typeof editKinds)[number];

export interface EditRow {
  readonly key: string;
  /** JSON Pointer: `/properties/total`. */
  readonly path: string;
  readonly kind: EditKind;
  readonly value: string;
}

/** The parts of an event that may be changed, as pointers, with what they are now, as far as the mask tells. */
export function partsOf(masked: unknown): ReadonlyMap<string, EditKind> {
  const parts = new Map<string, EditKind>();
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, part] of Object.entries(value)) walk(part, pointer + pointerStep(Array.isArray(value) ? Number(name) : name));
      if (pointer.split('/').length > 2) parts.set(pointer, 'json');
    } else parts.set(pointer, value === 'integer' || value === 'number' ? 'number' : typeof value === 'string' ? 'text' : 'json');
  };
  if (typeof masked === 'object' && masked !== null)
    for (const name of ['properties', 'traits', 'context']) if (Object.hasOwn(masked, name)) walk(Reflect.get(masked, name), `/${name}`);
  return parts;
}

export interface DrawnEdit {
  /** Null while a row is wrong, or none is filled in. */
  readonly edit: Edit | null;
  /** What is wrong, by the key of the row. */
  readonly problems: ReadonlyMap<string, string>;
}

const allowed = /^\/(properties|traits|context)(\/.+)?$/;

/** Rows whose path is still empty mean nothing. */
export function editOf(rows: readonly EditRow[], parts: ReadonlyMap<string, EditKind>): DrawnEdit {
  const problems = new Map<string, string>();
  type Patch = Extract<Edit, { patch: unknown }>['patch'];
  const patch: Patch = [];
  for (const { key, path, kind, value } of rows) {
    if (path.trim() === '') continue;
    const at = path.trim();
    if (!allowed.test(at)) problems.set(key, 'begins with /properties, /traits or /context');
    else if (kind === 'remove') {
      if (parts.has(at)) patch.push({ op: 'remove', path: at });
      else problems.set(key, 'the event has no such part');
    } else {
      const read = readValue(kind, value);
      if ('problem' in read) problems.set(key, read.problem);
      else patch.push({ op: parts.has(at) ? 'replace' : 'add', path: at, value: read.value });
    }
  }
  return { edit: patch.length === 0 || problems.size > 0 ? null : { patch }, problems };
}

function readValue(kind: Exclude<EditKind, 'remove'>, text: string): { readonly value: unknown } | { readonly problem: string } {
  if (kind === 'text') return { value: text };
  if (kind === 'number') {
    const number = Number(text.trim());
    return text.trim() !== '' && Number.isFinite(number) ? { value: number } : { problem: 'is no number' };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: 'is not valid JSON' };
  }
}
