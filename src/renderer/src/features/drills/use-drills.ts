import { useEffect } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';

const everyMs = 10_000;

/** What can be drilled, what runs and what past ones showed; asked again as soon as a drill gets further. */
export function useDrills() {
  const query = useQuery('drill.list', {}, { refreshMs: everyMs });
  const documents = useDocuments('drill');
  const revisions = documents.reduce((sum, { revision }) => sum + revision, 0);
  const { reload, data } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is what there is to ask for
  useEffect(reload, [revisions, reload]);
  const running = data?.drills.find(({ drill }) => drill.phase !== 'done') ?? null;
  return { ...query, running };
}
