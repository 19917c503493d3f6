/** Changes of an event's properties, traits and context: RFC 7396 merge patches and RFC 6902 operations. Pure. */
import { appError } from '#contract/errors.ts';
import type { Edit } from '#contract/operations/replay.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { isRecord, type Json } from '#gateway/pipeline/json.ts';

/** What of an event can be changed. */
export type Editable = Pick<GatewayEvent, 'properties' | 'traits' | 'context'>;

const parts = ['properties', 'traits', 'context'] as const;
/** Could reach a prototype. */
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

type Operation = Extract<Edit, { readonly patch: unknown }>['patch'][number];
type Value = Record<string, unknown> | unknown[];

class Unfit extends Error {}

/** EDIT_INVALID with what does not fit. The event is not changed. */
export function editEvent({ properties, traits, context }: Editable, edit: Edit): Result<Editable> {
  try {
    const edited =
      'merge' in edit ? merged({ properties, traits, context }, edit.merge) : patched({ properties, traits, context }, edit.patch);
    return ok({ properties: partOf(edited, 'properties'), traits: partOf(edited, 'traits'), context: partOf(edited, 'context') });
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return err(appError('EDIT_INVALID', { why: error.message }));
  }
}

function partOf(edited: Json, name: (typeof parts)[number]): Json {
  const part = edited[name];
  if (!isRecord(part)) throw new Unfit(`${name} must stay an object`);
  return part;
}

function merged(editable: Editable, patch: { readonly [part in (typeof parts)[number]]?: Json | undefined }): Json {
  const result: Record<string, unknown> = {};
  for (const part of parts) result[part] = patch[part] === undefined ? editable[part] : merge(editable[part], patch[part]);
  return result;
}

/** RFC 7396: null removes, objects merge, everything else replaces. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (forbidden.has(key)) throw new Unfit(`${key} cannot be set`);
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

function patched(editable: Editable, operations: readonly Operation[]): Json {
  const root: Record<string, unknown> = { ...structuredClone(editable) };
  for (const [index, operation] of operations.entries()) {
    try {
      apply(root, operation);
    } catch (error) {
      throw error instanceof Unfit ? new Unfit(`operation ${index + 1} (${operation.op} ${operation.path}): ${error.message}`) : error;
    }
  }
  return root;
}

function apply(root: Record<string, unknown>, operation: Operation): void {
  const path = pathOf(operation.path);
  switch (operation.op) {
    case 'add':
      return put(root, path, structuredClone(operation.value), true);
    case 'replace':
      take(root, path, false);
      return put(root, path, structuredClone(operation.value), false);
    case 'remove':
      take(root, path, true);
      return;
    case 'test':
      if (!isSame(take(root, path, false), operation.value)) throw new Unfit('the value is another');
      return;
    case 'copy':
      return put(root, path, structuredClone(take(root, pathOf(operation.from), false)), true);
    case 'move':
      return put(root, path, take(root, pathOf(operation.from), true), true);
  }
}

/** RFC 6901, within one of the three parts. */
function pathOf(pointer: string): readonly string[] {
  if (!pointer.startsWith('/')) throw new Unfit('a path begins with /properties, /traits or /context');
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (!parts.some((part) => part === keys[0])) throw new Unfit('a path begins with /properties, /traits or /context');
  const bad = keys.find((key) => forbidden.has(key));
  if (bad !== undefined) throw new Unfit(`${bad} cannot be set`);
  return keys;
}

function parentOf(root: Record<string, unknown>, path: readonly string[]): Value {
  let at: unknown = root;
  for (const key of path.slice(0, -1))
    at = Array.isArray(at) ? at[indexIn(at, key, false)] : isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  if (isValue(at)) return at;
  throw new Unfit('there is nothing at the path');
}

const isValue = (value: unknown): value is Value => Array.isArray(value) || isRecord(value);

function indexIn(array: readonly unknown[], key: string, isNew: boolean): number {
  if (isNew && key === '-') return array.length;
  const index = /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : Number.NaN;
  if (!(index < array.length || (isNew && index === array.length))) throw new Unfit('there is no such place in the array');
  return index;
}

function put(root: Record<string, unknown>, path: readonly string[], value: unknown, isNew: boolean): void {
  const key = path.at(-1) as string;
  const parent = parentOf(root, path);
  if (!Array.isArray(parent)) parent[key] = value;
  else if (isNew) parent.splice(indexIn(parent, key, true), 0, value);
  else parent[indexIn(parent, key, false)] = value;
}

function take(root: Record<string, unknown>, path: readonly string[], isRemoved: boolean): unknown {
  const key = path.at(-1) as string;
  const parent = parentOf(root, path);
  if (Array.isArray(parent)) {
    const index = indexIn(parent, key, false);
    return isRemoved ? parent.splice(index, 1)[0] : parent[index];
  }
  if (!Object.hasOwn(parent, key)) throw new Unfit('there is nothing at the path');
  const value = parent[key];
  if (isRemoved) delete parent[key];
  return value;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** An event as a sender would post it, so that it goes through ingest's checks again. */
export function postedJson(event: GatewayEvent, { properties, traits, context }: Editable, messageId: string): Json {
  const { type, name, userId, anonymousId, groupId, previousId, timestamp } = event;
  return {
    messageId,
    type,
    ...(type === 'track' ? { event: name } : type === 'page' || type === 'screen' ? { name } : {}),
    ...(userId === null ? {} : { userId }),
    ...(anonymousId === null ? {} : { anonymousId }),
    ...(groupId === null ? {} : { groupId }),
    ...(previousId === null ? {} : { previousId }),
    timestamp: new Date(timestamp).toISOString(),
    properties,
    traits,
    context,
  };
}
