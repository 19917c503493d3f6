import { useEffect, useMemo } from 'react';
import { parseDocument, useDocument } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import type { ChartMark } from '#renderer/ui/charts/chart-model.ts';

/** Each change of a destination's endpoint as a mark on the charts. */
export function useEndpointMarks(id: string): readonly ChartMark[] {
  const revision = useDocument('failover', id)?.revision ?? 0;
  const { data, reload } = useQuery('document.history', { kind: 'failover', id, limit: 50 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is what there is to ask for
  useEffect(reload, [revision, reload]);
  return useMemo(
    () =>
      (data?.revisions ?? []).map(parseDocument).flatMap((document) => {
        if (document?.kind !== 'failover' || document.value === null || !('active' in document.value)) return [];
        const why = document.reason === '' ? '' : `: ${document.reason}`;
        return [{ id: `endpoint ${document.revision}`, at: document.at, text: `endpoint ${document.value.active}${why}` }];
      }),
    [data],
  );
}
