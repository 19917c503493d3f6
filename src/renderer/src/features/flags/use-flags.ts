import { useMemo } from 'react';
import type { Document } from '#contract/documents/document.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { type Query, useQuery } from '#renderer/client/use-query.ts';

type Usage = OutputOf<Operations['flag.usage']>;

export interface FlagRow extends Document<'flag'> {
  readonly value: NonNullable<Document<'flag'>['value']>;
  /** What is known of its use; null until it is. */
  readonly use: Usage['flags'][number] | null;
  /** Destinations whose rollout hangs on it. */
  readonly destinations: readonly { readonly id: string; readonly name: string }[];
}

const refreshMs = 30_000;

/** Every flag with its use. `query` says whether the use is known. */
export function useFlags(): { readonly rows: readonly FlagRow[]; readonly query: Query<Usage> } {
  const flags = useDocuments('flag');
  const destinations = useDocuments('destination');
  const query = useQuery('flag.usage', {}, { refreshMs });
  const rows = useMemo(() => {
    const uses = new Map(query.data?.flags.map((use) => [use.id, use]));
    const hanging = Map.groupBy(destinations, ({ value }) => value?.rollout?.flag);
    return flags.flatMap((flag): FlagRow[] => {
      if (flag.value === null) return [];
      const users = (hanging.get(flag.id) ?? []).map(({ id, value }) => ({ id, name: value?.name ?? id }));
      return [{ ...flag, value: flag.value, use: uses.get(flag.id) ?? null, destinations: users }];
    });
  }, [flags, destinations, query.data]);
  return { rows, query };
}
