import { createStore } from 'zustand/vanilla';

/** What the live region says next. */
export const announceStore = createStore<{ readonly message: string }>(() => ({ message: '' }));

/** Tells screen readers; throttled by the live region. */
export function announce(message: string): void {
  announceStore.setState({ message });
}
