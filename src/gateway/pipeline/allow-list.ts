/** Field allow-lists: what of an event a destination may get. Applied when it is encoded, so a changed list acts on what waits. */
import type { GatewayEvent } from './event.ts';
import { define, isRecord, type Json } from './json.ts';
import { type PathStep, parsePath } from './json-path.ts';

export type AllowList = (event: GatewayEvent) => GatewayEvent;

/** What of a value stays: all of it, or some members. */
interface Branch {
  isWhole: boolean;
  readonly named: Map<string | number, Branch>;
  any: Branch | null;
}

const nothing: Json = Object.freeze({});

/** Null where the destination may have everything. Paths are as `fieldsSchema` takes them. */
export function compileAllowList(paths: readonly string[] | undefined): AllowList | null {
  if (paths === undefined) return null;
  const root = branch();
  for (const path of paths) plant(root, parsePath(path) ?? []);
  const keep = (part: Json, name: string): Json => {
    const wanted = root.named.get(name);
    const kept = wanted === undefined ? nothing : prune(part, [wanted]);
    return isRecord(kept) ? kept : nothing;
  };
  return (event) => ({
    ...event,
    properties: keep(event.properties, 'properties'),
    traits: keep(event.traits, 'traits'),
    context: keep(event.context, 'context'),
  });
}

function branch(): Branch {
  return { isWhole: false, named: new Map(), any: null };
}

function plant(root: Branch, steps: readonly PathStep[]): void {
  let at = root;
  for (const step of steps) {
    if (step.kind === 'deep') throw new Error('a descent cannot be in an allow-list');
    if (step.kind === 'any') {
      at.any ??= branch();
      at = at.any;
      continue;
    }
    const key = step.kind === 'name' ? step.name : step.index;
    const next = at.named.get(key) ?? branch();
    at.named.set(key, next);
    at = next;
  }
  at.isWhole = true;
}

/** What of a value the branches that lead to it let stay. */
function prune(value: unknown, branches: readonly Branch[]): unknown {
  if (branches.some(({ isWhole }) => isWhole)) return value;
  const below = (key: string | number) => branches.flatMap(({ named, any }) => [named.get(key), any]).filter((each) => each != null);
  if (Array.isArray(value)) return value.flatMap((item, index) => member(item, below(index)));
  if (!isRecord(value)) return undefined;
  const kept: Record<string, unknown> = {};
  for (const key in value) for (const item of member(value[key], below(key))) define(kept, key, item);
  return kept;
}

function member(value: unknown, branches: readonly Branch[]): readonly unknown[] {
  if (branches.length === 0) return [];
  const kept = prune(value, branches);
  return kept === undefined ? [] : [kept];
}
