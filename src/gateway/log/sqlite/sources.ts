import type { NamedSource } from './log-writer.ts';

/** Numbers that stand for sources in the segments. Never reused. */
export interface SourceTable {
  readonly size: number;
  readonly names: readonly string[];
  idOf(name: string): number;
  /** Those with an id from `first` on. */
  from(first: number): readonly NamedSource[];
}

export function createSourceTable(known: readonly NamedSource[]): SourceTable {
  const names: string[] = [];
  const ids = new Map<string, number>();
  for (const { id, name } of known) {
    names[id] = name;
    ids.set(name, id);
  }
  return {
    get size() {
      return names.length;
    },
    names,
    idOf(name) {
      let id = ids.get(name);
      if (id === undefined) {
        id = names.push(name) - 1;
        ids.set(name, id);
      }
      return id;
    },
    from: (first) => names.slice(first).map((name, i) => ({ id: first + i, name })),
  };
}
