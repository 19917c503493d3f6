import { useEffect, useMemo } from 'react';
import { verdicts } from '#contract/operations/verdict.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { useVerdict } from '#renderer/streams/verdicts.ts';
import type { ChartMark } from '#renderer/ui/charts/chart-model.ts';
import { verdictWords } from '#renderer/ui/verdict.tsx';

const entries = 500;

/** Each change of the verdict as a mark on the charts, from the audit. */
export function useVerdictMarks(id: string): readonly ChartMark[] {
  const since = useVerdict(id)?.since;
  const { data, reload } = useQuery('audit.list', { limit: entries });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another verdict is what there is to ask for
  useEffect(reload, [since, reload]);
  return useMemo(
    () =>
      (data?.entries ?? []).flatMap((entry) => {
        const verdict = entry.action === 'verdict.changed' ? verdicts.find((name) => name === entry.outcome) : undefined;
        if (verdict === undefined || !destinationsOf(entry.target).includes(id)) return [];
        return [
          { id: `verdict ${entry.seq}`, at: entry.at, text: `verdict: ${verdictWords[verdict].word.toLowerCase()}. ${entry.reason}` },
        ];
      }),
    [data, id],
  );
}

/** `destination/a,b`: where many changed at once they share an entry. */
function destinationsOf(target: string): readonly string[] {
  return target.slice(target.indexOf('/') + 1).split(',');
}
