import { z } from '#contract/zod.ts';
import type { LocatedYaml, Mistake } from './located-yaml.ts';

const withId = z.looseObject({ id: z.string() });

/** Names every id that is there twice; answers all ids, also of entries that are wrong elsewhere. */
export function duplicateIds(
  yaml: LocatedYaml,
  list: 'sources' | 'destinations',
  items: readonly unknown[],
  mistakes: Mistake[],
): ReadonlySet<string> {
  const ids = new Set<string>();
  items.forEach((item, index) => {
    const parsed = withId.safeParse(item);
    if (!parsed.success) return;
    const { id } = parsed.data;
    if (ids.has(id)) mistakes.push(yaml.at([list, index, 'id'], `there is already one with the id ${id}`));
    ids.add(id);
  });
  return ids;
}
