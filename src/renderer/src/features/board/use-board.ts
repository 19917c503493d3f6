import { useEffect, useMemo, useRef, useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { useRoute } from '#renderer/frame/router.ts';
import type { DestinationLive } from '#renderer/streams/live.ts';
import { useCalmTelemetry } from '#renderer/streams/telemetry.ts';
import type { MarkState } from '#renderer/ui/state.ts';
import { stateLooks } from '#renderer/ui/state.ts';
import { useNow } from '#renderer/ui/use-now.ts';
import {
  type BoardItem,
  type BoardLine,
  type Filter,
  type Grouping,
  groupings,
  keepOrder,
  linesOf,
  matches,
  needsYou,
  parseSort,
  type Sort,
  sortedIds,
} from './order.ts';

/** Stillness after which the board may sort itself again, ms. */
const idleMs = 10_000;

export interface BoardModel {
  /** What ages count from, epoch ms. */
  readonly now: number;
  readonly items: ReadonlyMap<string, BoardItem>;
  readonly lines: readonly BoardLine[];
  readonly needs: readonly string[];
  readonly counts: ReadonlyMap<MarkState, number>;
  readonly sort: Sort;
  readonly filter: Filter;
  readonly grouping: Grouping;
  /** True when values moved past the order shown. */
  readonly isOrderOld: boolean;
  readonly sortNow: () => void;
  /** Call on any pointer or key in the board: it is not idle. */
  readonly touch: () => void;
}

function itemOf(document: Document<'destination'>, live: DestinationLive | undefined): BoardItem {
  const value = document.value;
  return {
    id: document.id,
    name: value?.name ?? document.id,
    connector: value?.connector ?? '',
    owner: value?.owner ?? null,
    tags: value?.tags ?? [],
    live,
  };
}

function useFilter(): Filter {
  const text = useRoute((route) => route.query.find ?? '');
  const state = useRoute((route) => route.query.state);
  const owner = useRoute((route) => route.query.owner);
  const tag = useRoute((route) => route.query.tag);
  return useMemo(
    () => ({
      text,
      state: isState(state) ? state : null,
      owner: owner === undefined ? null : owner === '-' ? '' : owner,
      tag: tag ?? null,
    }),
    [text, state, owner, tag],
  );
}

function isState(text: string | undefined): text is MarkState {
  return text !== undefined && Object.hasOwn(stateLooks, text);
}

/** Everything the board shows, and an order that moves only when nobody is about to click. */
export function useBoard(): BoardModel {
  const documents = useDocuments('destination');
  const { destinations, heardAt } = useCalmTelemetry();
  const sortParam = useRoute((route) => route.query.sort);
  const groupParam = useRoute((route) => route.query.group);
  const filter = useFilter();
  const sort = useMemo(() => parseSort(sortParam), [sortParam]);
  const grouping = groupings.find((each) => each === groupParam) ?? 'none';
  const items = useMemo(
    () => new Map(documents.map((document) => [document.id, itemOf(document, destinations.get(document.id))])),
    [documents, destinations],
  );
  const ideal = useMemo(() => sortedIds([...items.values()], sort), [items, sort]);
  const { order, isOrderOld, sortNow, touch } = useStableOrder(ideal, `${sortParam ?? ''} ${destinations.size > 0}`);
  const shown = useMemo(() => order.filter((id) => isShown(items.get(id), filter)), [order, items, filter]);
  const lines = useMemo(() => linesOf(shown, items, grouping), [shown, items, grouping]);
  const needsBefore = useRef<readonly string[]>([]);
  needsBefore.current = needsYou(needsBefore.current, items);
  const counts = useMemo(() => countStates(items), [items]);
  return {
    now: useBoardNow(heardAt),
    items,
    lines,
    needs: needsBefore.current,
    counts,
    sort,
    filter,
    grouping,
    isOrderOld,
    sortNow,
    touch,
  };
}

/** The time of the newest tick while ticks come, so that a row is drawn once a second; the clock's own once they stay away. */
function useBoardNow(heardAt: number | null): number {
  const now = useNow();
  return heardAt === null || now - heardAt > 2000 ? now : heardAt;
}

function isShown(item: BoardItem | undefined, filter: Filter): boolean {
  return item !== undefined && matches(item, filter);
}

function countStates(items: ReadonlyMap<string, BoardItem>): ReadonlyMap<MarkState, number> {
  const counts = new Map<MarkState, number>();
  for (const item of items.values()) {
    const state = item.live?.state ?? 'none';
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

/** Follows `ideal` at once when `reason` changes or when asked, and by itself only after stillness. */
function useStableOrder(ideal: readonly string[], reason: string) {
  const [shown, setShown] = useState<{ readonly order: readonly string[]; readonly reason: string }>({ order: ideal, reason });
  const touchedAt = useRef(0);
  const newest = useRef(ideal);
  newest.current = ideal;
  const order = shown.reason === reason ? keepOrder(shown.order, ideal) : ideal;
  if (order !== shown.order || shown.reason !== reason) setShown({ order, reason });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden || Date.now() - touchedAt.current < idleMs) return;
      setShown((before) => (isSameOrder(before.order, newest.current) ? before : { ...before, order: newest.current }));
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return {
    order,
    isOrderOld: !isSameOrder(order, ideal),
    sortNow: () => setShown({ order: newest.current, reason }),
    touch: () => {
      touchedAt.current = Date.now();
    },
  };
}

function isSameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}
