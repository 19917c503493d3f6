import type { RouteId } from './event-log.ts';

/** Interned sets of destination ordinals. Id 0 is the empty set. Ids are dense and never reused. */
export interface RouteTable {
  readonly size: number;
  /** Id of a set; the order of `ordinals` and doubles in it do not matter. */
  intern(ordinals: readonly number[]): RouteId;
  /** Puts back what a former run interned. Ids must come in order. */
  restore(id: RouteId, ordinals: readonly number[]): void;
  /** All sets with an id from `first` on. */
  from(first: RouteId): readonly { readonly id: RouteId; readonly ordinals: readonly number[] }[];
  /** Ascending. Throws for an id that was never interned. */
  ordinalsOf(id: RouteId): readonly number[];
  /** Whether a route contains an ordinal. Cheap: one typed-array read. */
  has(id: RouteId, ordinal: number): boolean;
}

export function createRouteTable(): RouteTable {
  const byKey = new Map<string, RouteId>();
  const sets: (readonly number[])[] = [];
  /** Per ordinal, one byte per route id; a column is extended when it is asked about. */
  const columns: { bits: Uint8Array; through: number }[] = [];

  function add(id: RouteId, sorted: readonly number[]): RouteId {
    sets[id] = sorted;
    byKey.set(sorted.join(), id);
    return id;
  }

  function extend(column: { bits: Uint8Array; through: number }, ordinal: number): void {
    if (column.bits.length < sets.length) {
      const grown = new Uint8Array(Math.max(64, sets.length * 2));
      grown.set(column.bits);
      column.bits = grown;
    }
    for (let id = column.through; id < sets.length; id++) column.bits[id] = sets[id]?.includes(ordinal) ? 1 : 0;
    column.through = sets.length;
  }

  add(0, []);
  return {
    get size() {
      return sets.length;
    },
    intern(ordinals) {
      const sorted = [...new Set(ordinals)].sort((a, b) => a - b);
      return byKey.get(sorted.join()) ?? add(sets.length, sorted);
    },
    restore(id, ordinals) {
      if (id === 0) return;
      if (id !== sets.length) throw new Error(`route ${id} restored out of order: expected ${sets.length}`);
      add(id, ordinals);
    },
    from: (first) => sets.slice(first).map((ordinals, i) => ({ id: first + i, ordinals })),
    ordinalsOf(id) {
      const set = sets[id];
      if (!set) throw new Error(`route ${id} was never interned`);
      return set;
    },
    has(id, ordinal) {
      let column = columns[ordinal];
      if (!column) {
        column = { bits: new Uint8Array(0), through: 0 };
        columns[ordinal] = column;
      }
      if (id >= column.through) extend(column, ordinal);
      return column.bits[id] === 1;
    },
  };
}
