/** Where two values of a document differ, for a person to read. Pure; revisions, restore points and drift share it. */
import { z } from '../zod.ts';

/** One place that differs. Without `before` it is new, without `after` it is gone. */
export const diffEntrySchema = z.strictObject({
  /** Names of fields, ids or indices of items, from the outside in; empty for the whole document. */
  path: z.array(z.string()).readonly(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type DiffEntry = Readonly<z.output<typeof diffEntrySchema>>;

type Path = readonly string[];
type Mapping = Readonly<Record<string, unknown>>;
type List = readonly unknown[];

/**
 * The places at which `after` differs from `before`, by name and, in lists, in their order; equal values give none. Mappings are told field by field.
 * A list of mappings that each name themselves (`id`, `key`, `name`, `label`) is told item by item, whatever their
 * places; where only the order of items changed, the list of their names is. Other lists of mappings are told by index,
 * plain lists as a whole. null stands for a document that does not exist.
 */
export function diffValues(before: unknown, after: unknown): readonly DiffEntry[] {
  return differ(before ?? undefined, after ?? undefined, []);
}

/** `delivery.timeoutMs`, for one line of text. */
export function pathText(path: Path): string {
  return path.join('.');
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function differ(before: unknown, after: unknown, path: Path): readonly DiffEntry[] {
  if (before === after) return [];
  if (isMapping(before) && isMapping(after)) return byName(new Map(Object.entries(before)), new Map(Object.entries(after)), path);
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path);
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** A field that is undefined is absent, as in JSON. */
function byName(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>, path: Path): readonly DiffEntry[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => differ(before.get(name), after.get(name), [...path, name]));
}

function ofLists(before: List, after: List, path: Path): readonly DiffEntry[] {
  const field = nameField([...before, ...after]);
  if (field === null) return [...before, ...after].some(isMapping) ? byIndex(before, after, path) : asWhole(before, after, path);
  const was = named(before, field);
  const is = named(after, field);
  if (was.size < before.length || is.size < after.length) return byIndex(before, after, path);
  const kept = [...was.keys()].filter((name) => is.has(name));
  const now = [...is.keys()].filter((name) => was.has(name));
  const isMoved = kept.some((name, index) => name !== now[index]);
  return [...(isMoved ? [{ path, before: [...was.keys()], after: [...is.keys()] }] : []), ...byName(was, is, path)];
}

function named(list: List, field: string): ReadonlyMap<string, unknown> {
  return new Map(list.filter(isMapping).map((item) => [String(item[field]), item]));
}

/** The field by which all items name themselves; null where they do not. */
function nameField(items: List): string | null {
  const names = ['id', 'key', 'name', 'label'];
  return names.find((name) => items.length > 0 && items.every((item) => isMapping(item) && typeof item[name] === 'string')) ?? null;
}

function asWhole(before: List, after: List, path: Path): readonly DiffEntry[] {
  const isSame = before.length === after.length && before.every((item, index) => differ(item, after[index], path).length === 0);
  return isSame ? [] : [{ path, before, after }];
}

/** What both ends share is left out, so that one item more does not move all the others. */
function byIndex(before: List, after: List, path: Path): readonly DiffEntry[] {
  const isSame = (one: unknown, other: unknown) => differ(one, other, path).length === 0;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && isSame(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && isSame(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  const was = before.slice(head, before.length - tail);
  const is = after.slice(head, after.length - tail);
  return Array.from({ length: Math.max(was.length, is.length) }, (_, index) => index).flatMap((index) =>
    differ(was[index], is[index], [...path, String(head + index)]),
  );
}
