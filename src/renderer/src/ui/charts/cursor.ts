/** The moment that all charts of a view point at. Outside React: it moves with the pointer. */
export interface ChartCursor {
  /** Epoch ms; null while nothing is pointed at. */
  readonly at: number | null;
  set(at: number | null): void;
  subscribe(listener: () => void): () => void;
}

export function createCursor(): ChartCursor {
  const listeners = new Set<() => void>();
  let at: number | null = null;
  return {
    get at() {
      return at;
    },
    set: (next) => {
      if (next === at) return;
      at = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
