/** Fields that stay on the gateway they are on: left out of a file, and kept as they are where it is imported. */
import { isMapping } from '#contract/documents/diff.ts';
import type { DocumentKind } from '#contract/documents/document.ts';

/** Never in a file: what one gateway is, where it keeps things, and who looks after something at the moment. */
export const alwaysLocal: readonly string[] = ['settings.environment', 'settings.backup.folder', 'settings.simulator', 'destination.owner'];

/** The paths among `fields` that lie in a kind: `destination.settings.pixelId` is [`settings`, `pixelId`] of `destination`. */
export function pathsIn(fields: readonly string[], kind: DocumentKind): readonly (readonly string[])[] {
  return fields.filter((field) => field.startsWith(`${kind}.`)).map((field) => field.slice(kind.length + 1).split('.'));
}

type Tree = Readonly<Record<string, unknown>>;

/** A copy with what stands at `path` in `from`; where nothing stands there, without anything at it. */
export function withField(value: Tree, path: readonly string[], from: unknown): Tree {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const theirs = isMapping(from) && Object.hasOwn(from, name) ? from[name] : undefined;
  const { [name]: ours, ...others } = value;
  if (rest.length === 0) return theirs === undefined ? others : { ...value, [name]: theirs };
  if (!isMapping(ours) && theirs === undefined) return value;
  return { ...value, [name]: withField(isMapping(ours) ? ours : {}, rest, theirs) };
}
