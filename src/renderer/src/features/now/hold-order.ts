/** Pure: a list that does not move under the pointer. */

export interface Held<T> {
  readonly item: T;
  /** It is over; it stays in its place until the pointer leaves. */
  readonly isGone: boolean;
}

/** What is shown next: as before, with what is over left in its place and what is new at the end. */
export function holdOrder<T extends { readonly id: string }>(before: readonly Held<T>[], now: readonly T[]): readonly Held<T>[] {
  const newest = new Map(now.map((item) => [item.id, item]));
  const known = new Set(before.map(({ item }) => item.id));
  const kept = before.map(({ item }): Held<T> => ({ item: newest.get(item.id) ?? item, isGone: !newest.has(item.id) }));
  return [...kept, ...now.filter((item) => !known.has(item.id)).map((item): Held<T> => ({ item, isGone: false }))];
}

export function freeOrder<T>(now: readonly T[]): readonly Held<T>[] {
  return now.map((item) => ({ item, isGone: false }));
}
