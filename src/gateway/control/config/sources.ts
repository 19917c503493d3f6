import { type Source, sourceSchema } from '#contract/documents/source.ts';
import { sourceIssues } from '../commands/validate.ts';
import { duplicateIds } from './duplicate-ids.ts';
import type { LocatedYaml, Mistake } from './located-yaml.ts';
import { sourceEntry } from './schema.ts';
import { schemaMistakes } from './schema-mistakes.ts';

interface Entry {
  readonly id: string;
  readonly value: Source;
}

/** The file's sources. `ids` also has those whose entry is wrong elsewhere, so that references to them are not called mistakes too. */
export function checkSources(
  yaml: LocatedYaml,
  items: readonly unknown[],
  mistakes: Mistake[],
): { readonly entries: readonly Entry[]; readonly ids: ReadonlySet<string> } {
  const entries: Entry[] = [];
  items.forEach((item, index) => {
    const parsed = sourceEntry.safeParse(item);
    if (!parsed.success) {
      mistakes.push(...schemaMistakes(yaml, parsed.error, sourceEntry, ['sources', index]));
      return;
    }
    const { id, name, ...fields } = parsed.data;
    const entry = { id, value: sourceSchema.parse({ ...fields, name: name ?? id }) };
    mistakes.push(...sourceIssues(entry, entries).map((issue) => yaml.at(['sources', index, ...issue.path.split('.')], issue.message)));
    entries.push(entry);
  });
  return { entries, ids: duplicateIds(yaml, 'sources', items, mistakes) };
}
