/**
 * Samples outside React: parallel typed arrays that always lie in one piece. Twice the room
 * that is kept is reserved; when it is full the newest half moves to the front, so appending
 * costs O(1) on average and a reader never meets a seam.
 */
export interface SeriesFrame {
  /** Epoch ms, rising. Valid from `from` to before `to`. */
  readonly at: Float64Array;
  /** One array per name; NaN is "no data". */
  readonly columns: readonly Float32Array[];
  readonly from: number;
  readonly to: number;
}

export interface SeriesBuffer {
  readonly names: readonly string[];
  readonly frame: SeriesFrame;
  /** Epoch ms of the newest sample; null while empty. */
  readonly lastAt: number | null;
  /** Index of a name in `frame.columns`; throws a RangeError for a name that is not there. */
  indexOf(name: string): number;
  /** Adds a sample. One that is not newer than the last overwrites the last (same time) or is left out (older). */
  push(at: number, values: ArrayLike<number>): void;
  clear(): void;
}

/** Keeps the newest `keep` samples of each name. Throws a RangeError when `keep` is under 1. */
export function createSeriesBuffer(names: readonly string[], keep: number): SeriesBuffer {
  if (keep < 1) throw new RangeError(`keep must be at least 1, got ${keep}`);
  const at = new Float64Array(keep * 2);
  const columns = names.map(() => new Float32Array(keep * 2));
  const indices = new Map(names.map((name, index) => [name, index]));
  let to = 0;

  const write = (position: number, when: number, values: ArrayLike<number>) => {
    at[position] = when;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      if (column) column[position] = values[index] ?? Number.NaN;
    }
  };
  const makeRoom = () => {
    at.copyWithin(0, to - keep + 1, to);
    for (const column of columns) column.copyWithin(0, to - keep + 1, to);
    to = keep - 1;
  };

  return {
    names,
    get frame() {
      return { at, columns, from: Math.max(0, to - keep), to };
    },
    get lastAt() {
      return to === 0 ? null : (at[to - 1] ?? null);
    },
    indexOf: (name) => {
      const index = indices.get(name);
      if (index === undefined) throw new RangeError(`no series ${name}`);
      return index;
    },
    push: (when, values) => {
      const last = to === 0 ? Number.NEGATIVE_INFINITY : (at[to - 1] ?? Number.NEGATIVE_INFINITY);
      if (when < last) return;
      if (when === last) return write(to - 1, when, values);
      if (to === keep * 2) makeRoom();
      write(to, when, values);
      to++;
    },
    clear: () => {
      to = 0;
    },
  };
}
