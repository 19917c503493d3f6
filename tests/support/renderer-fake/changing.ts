/** What the made-up gateway answers about changes: every revision that it has. */
import { diffValues } from '#contract/documents/diff.ts';
import type { operations } from '#contract/operations/index.ts';
import { ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import type { World } from './world.ts';

export function changingHandlers(world: World): Pick<Handlers<typeof operations>, 'document.changes'> {
  return {
    'document.changes': ({ kinds, id, by, fromMs = 0, limit }) => {
      const all = [...world.documents.values()].flatMap((revisions) =>
        revisions.map((document, index) => {
          const before = revisions[index - 1]?.value ?? null;
          const { value, ...rest } = document;
          return {
            ...rest,
            action: `${document.kind}.${document.kind === 'switch' ? 'set' : 'put'}`,
            isNew: before === null,
            isRemoved: value === null,
            diff: [...diffValues(before, value)],
          };
        }),
      );
      const changes = all
        .sort((a, b) => a.at - b.at)
        .map((change, index) => ({ ...change, position: index + 1 }))
        .filter((change) => (kinds?.includes(change.kind) ?? true) && (id ?? change.id) === change.id && (by ?? change.by) === change.by)
        .filter((change) => change.at >= fromMs);
      return ok({ changes: changes.slice(-limit).reverse(), next: null });
    },
  };
}
