import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { VendorVerdict } from '#contract/operations/verdict.ts';

/** Whose trouble it is, by destination, kept up by `verdict.changed`. The evidence in it is that of the moment of the change. */
export const verdictStore = createStore<{ readonly byDestination: ReadonlyMap<string, VendorVerdict> }>(() => ({
  byDestination: new Map(),
}));

/** Takes in items of `verdict.changed`: first all that there are, then each change. */
export function receiveVerdicts(items: readonly VendorVerdict[]): void {
  const { byDestination } = verdictStore.getState();
  verdictStore.setState({ byDestination: new Map([...byDestination, ...items.map((item) => [item.destination, item] as const)]) });
}

export function useVerdict(destination: string): VendorVerdict | undefined {
  return useStore(verdictStore, (state) => state.byDestination.get(destination));
}
