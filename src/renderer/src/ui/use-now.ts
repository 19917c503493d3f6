import { useSyncExternalStore } from 'react';

/** One clock for every relative age on screen: a single timer, aligned to whole seconds, stopped while hidden. */
const listeners = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setTimeout> | null = null;

function tick(): void {
  current = Date.now();
  timer = setTimeout(tick, 1000 - (current % 1000) + 5);
  if (document.hidden) return;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearTimeout(timer);
      timer = null;
    }
  };
}

/** Epoch ms, floored to `stepMs` so that a component re-renders only as often as it needs to. */
export function useNow(stepMs = 1000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(current / stepMs) * stepMs);
}
