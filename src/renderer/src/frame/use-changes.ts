import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AppError } from '#contract/errors.ts';
import type { InputOf } from '#contract/operation.ts';
import type { DocumentChange } from '#contract/operations/changes.ts';
import type { Operations } from '#contract/operations/index.ts';
import { documentStore } from '#renderer/client/documents.ts';
import { call } from '#renderer/client/session.ts';
import { type Query, useQuery } from '#renderer/client/use-query.ts';

export type ChangesFilter = Pick<InputOf<Operations['document.changes']>, 'kinds' | 'id' | 'by' | 'fromMs' | 'toMs'>;

export interface Changes {
  /** All that was loaded so far, newest first. */
  readonly query: Query<readonly DocumentChange[]>;
  /** Null: there is nothing older. */
  readonly loadOlder: (() => Promise<void>) | null;
  /** Why older ones could not be loaded. */
  readonly olderError: AppError | null;
}

interface Older {
  readonly key: string;
  readonly changes: readonly DocumentChange[];
  /** Where the next page goes on; undefined: nothing older was asked for yet. */
  readonly next: number | null | undefined;
  readonly error: AppError | null;
}

const pageSize = 50;

/** What changed, newest first: the first page follows what happens, older ones are loaded when asked for. */
export function useChanges(filter: ChangesFilter): Changes {
  const key = JSON.stringify(filter);
  const query = useQuery('document.changes', { ...filter, limit: pageSize });
  const { data, reload } = query;
  const recent = useStore(documentStore, (state) => state.recent);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => reload(), [recent, reload]);

  const [held, setOlder] = useState<Older>({ key, changes: [], next: undefined, error: null });
  const older: Older = held.key === key ? held : { key, changes: [], next: undefined, error: null };
  const seen = useMemo(() => merge(older.changes, data?.changes ?? []), [older.changes, data]);
  const next = older.next === undefined ? (data?.next ?? null) : older.next;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter is compared by value
  const loadOlder = useCallback(async () => {
    if (next === null) return;
    const page = await call('document.changes', { ...filter, limit: pageSize, before: next });
    setOlder(
      page.ok
        ? { key, changes: merge(seen, page.value.changes), next: page.value.next, error: null }
        : { key, changes: seen, next, error: page.error },
    );
  }, [key, next, seen]);
  return {
    query: { ...query, data: data === null ? null : seen },
    loadOlder: next === null ? null : loadOlder,
    olderError: older.error,
  };
}

/** A revision never changes: the same position is the same change. */
function merge(known: readonly DocumentChange[], more: readonly DocumentChange[]): readonly DocumentChange[] {
  const all = new Map([...known, ...more].map((change) => [change.position, change]));
  return [...all.values()].sort((a, b) => b.position - a.position);
}
