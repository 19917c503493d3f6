/** Pure: how the board is sorted, filtered and grouped, and how its order stays put while values move. */
import type { DestinationLive } from '#renderer/streams/live.ts';
import { type MarkState, stateLooks } from '#renderer/ui/state.ts';

export const sortKeys = ['state', 'name', 'rate', 'errors', 'p95', 'waiting', 'oldest'] as const;
export type SortKey = (typeof sortKeys)[number];
export interface Sort {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

/** What the board knows of a destination beside its live values. */
export interface BoardItem {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly live: DestinationLive | undefined;
}

/** `state`, `-rate`: as it stands in the address. */
export function parseSort(text: string | undefined): Sort {
  const isDescending = text?.startsWith('-') ?? false;
  const key = sortKeys.find((each) => each === (isDescending ? text?.slice(1) : text));
  return key === undefined ? { key: 'state', isDescending: false } : { key, isDescending };
}

export function sortText(sort: Sort): string {
  return sort.key === 'state' && !sort.isDescending ? '' : `${sort.isDescending ? '-' : ''}${sort.key}`;
}

export function stateOf(item: BoardItem): MarkState {
  return item.live?.state ?? 'none';
}

function sortValue(item: BoardItem, key: SortKey): number | string {
  switch (key) {
    case 'state':
      return stateLooks[stateOf(item)].rank;
    case 'name':
      return item.name.toLowerCase();
    case 'rate':
      return item.live?.ratePerSecond ?? -1;
    case 'errors':
      return item.live?.errorShare ?? -1;
    case 'p95':
      return item.live?.p95 ?? -1;
    case 'waiting':
      return item.live?.tick.waiting ?? -1;
    case 'oldest':
      return item.live?.tick.oldestAt == null ? -1 : -item.live.tick.oldestAt + Number.MAX_SAFE_INTEGER;
  }
}

const byName = new Intl.Collator('en', { numeric: true });

/** Ids in order. Ties are broken by name, so that equal values never swap. */
export function sortedIds(items: readonly BoardItem[], sort: Sort): readonly string[] {
  const sign = sort.isDescending ? -1 : 1;
  return items
    .map((item) => ({ item, value: sortValue(item, sort.key) }))
    .sort((a, b) =>
      a.value < b.value
        ? -sign
        : a.value > b.value
          ? sign
          : byName.compare(a.item.name, b.item.name) || byName.compare(a.item.id, b.item.id),
    )
    .map(({ item }) => item.id);
}

/** The order as it was, without what is gone, with what is new at its end. The same array where nothing changed. */
export function keepOrder(order: readonly string[], present: readonly string[]): readonly string[] {
  const wanted = new Set(present);
  const known = new Set(order);
  const kept = order.filter((id) => wanted.has(id));
  const added = present.filter((id) => !known.has(id));
  return kept.length === order.length && added.length === 0 ? order : [...kept, ...added];
}

export interface Filter {
  readonly text: string;
  readonly state: MarkState | null;
  readonly owner: string | null;
  readonly tag: string | null;
}

/** `owner: ''` finds what nobody has claimed. */
export function matches(item: BoardItem, filter: Filter): boolean {
  if (filter.state !== null && stateOf(item) !== filter.state) return false;
  if (filter.owner !== null && (item.owner ?? '') !== filter.owner) return false;
  if (filter.tag !== null && !item.tags.includes(filter.tag)) return false;
  const text = filter.text.trim().toLowerCase();
  return text === '' || `${item.name} ${item.id} ${item.connector} ${item.owner ?? ''} ${item.tags.join(' ')}`.toLowerCase().includes(text);
}

export const groupings = ['none', 'state', 'owner', 'tag'] as const;
export type Grouping = (typeof groupings)[number];

export type BoardLine =
  | { readonly type: 'group'; readonly id: string; readonly title: string; readonly count: number }
  | { readonly type: 'row'; readonly id: string };

function groupOf(item: BoardItem, grouping: Grouping): string {
  if (grouping === 'state') return stateLooks[stateOf(item)].word;
  if (grouping === 'owner') return item.owner ?? 'Claimed by nobody';
  return item.tags[0] ?? 'Without a tag';
}

/** Rows in order, under headings where they are grouped. Groups come in the order of their first row. */
export function linesOf(ids: readonly string[], items: ReadonlyMap<string, BoardItem>, grouping: Grouping): readonly BoardLine[] {
  if (grouping === 'none') return ids.map((id) => ({ type: 'row', id }));
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const item = items.get(id);
    if (item === undefined) continue;
    const title = groupOf(item, grouping);
    groups.set(title, [...(groups.get(title) ?? []), id]);
  }
  return [...groups].flatMap(([title, members]): BoardLine[] => [
    { type: 'group', id: `group ${title}`, title, count: members.length },
    ...members.map((id): BoardLine => ({ type: 'row', id })),
  ]);
}

/** States that need a person: nobody parked or dropped on purpose, something is wrong. */
const needing: ReadonlySet<MarkState> = new Set(['failing', 'held', 'degraded']);

/** What needs a person, in the order in which it began to: what stood there keeps its place. */
export function needsYou(before: readonly string[], items: ReadonlyMap<string, BoardItem>): readonly string[] {
  const now = [...items.values()].filter((item) => needing.has(stateOf(item))).map((item) => item.id);
  return keepOrder(before, now);
}
