import type { ReactElement } from 'react';
import { createStore } from 'zustand/vanilla';

/** Something the palette offers. It goes somewhere or starts an act; a guarded act still asks in its own dialog. */
export interface PaletteEntry {
  readonly id: string;
  readonly group: 'Go to' | 'Destinations' | 'Acts' | 'Questions' | 'View';
  readonly title: string;
  readonly note?: string;
  readonly keywords?: string;
  readonly icon?: ReactElement;
  /** Keys shown at the right. */
  readonly keys?: string;
  readonly run: () => void;
}

/** Asked each time the palette opens, so that entries may follow what is live. */
export type PaletteSource = () => readonly PaletteEntry[];

/** Makes an entry of what was typed; null where it means nothing to it. */
export type PaletteAsk = (typed: string) => PaletteEntry | null;

export const paletteStore = createStore<{ readonly sources: readonly PaletteSource[]; readonly asks: readonly PaletteAsk[] }>(() => ({
  sources: [],
  asks: [],
}));

/** Adds a source of entries; the returned function takes it away. */
export function registerPalette(source: PaletteSource): () => void {
  paletteStore.setState((state) => ({ sources: [...state.sources, source] }));
  return () => paletteStore.setState((state) => ({ sources: state.sources.filter((other) => other !== source) }));
}

/** Adds something that what is typed may mean; the returned function takes it away. */
export function registerAsk(ask: PaletteAsk): () => void {
  paletteStore.setState((state) => ({ asks: [...state.asks, ask] }));
  return () => paletteStore.setState((state) => ({ asks: state.asks.filter((other) => other !== ask) }));
}
