import { diffValues } from '#contract/documents/diff.ts';
import type { DocumentChange } from '#contract/operations/changes.ts';
import type { StoredChange } from '../store/change-list.ts';
import { publicDocument } from '../store/public-document.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { reading } from './reading.ts';

/** Characters of differences after which a page ends: a frame has a limit. */
const largestPage = 500_000;

export function changeQueries({ store }: ControlDeps): HandlersOf<'document.changes'> {
  return {
    'document.changes': ({ before = null, limit, ...filter }) =>
      reading(() => {
        const page = store.changes(filter, before, limit);
        const changes: DocumentChange[] = [];
        let size = 0;
        for (const change of page.changes) {
          const told = tell(change);
          size += JSON.stringify(told.diff).length;
          if (size > largestPage && changes.length > 0) return { changes, next: changes.at(-1)?.position ?? null };
          changes.push(told);
        }
        return { changes, next: page.next };
      }),
  };
}

function tell({ position, document, before, action }: StoredChange): DocumentChange {
  const now = publicDocument(document);
  const was = before === null ? null : publicDocument(before);
  const { kind, id, revision, at, by, reason } = now;
  return {
    ...{ position, kind, id, revision, at, by, reason, action },
    isNew: was === null || was.value === null,
    isRemoved: now.value === null,
    diff: [...diffValues(was?.value ?? null, now.value)],
  };
}
