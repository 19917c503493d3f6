import { createStore } from 'zustand/vanilla';
import type { ToastView } from '#renderer/ui/toast.tsx';

/** Messages above the status bar. One with an Undo stays 20 s, others 6 s; the pointer holds them all. */
interface Toasts {
  readonly toasts: readonly ToastView[];
}

export const toastStore = createStore<Toasts>(() => ({ toasts: [] }));
const timers = new Map<string, ReturnType<typeof setTimeout>>();
let nextId = 1;
let isHeld = false;

const plainMs = 6000;
const undoMs = 20_000;
const mostAtOnce = 4;

/** Shows a message and answers its id. The same `id` replaces what stood there. */
export function showToast(toast: Omit<ToastView, 'id'> & { readonly id?: string }): string {
  const id = toast.id ?? `toast-${nextId++}`;
  const view: ToastView = { ...toast, id };
  toastStore.setState((state) => ({ toasts: [...state.toasts.filter((other) => other.id !== id), view].slice(-mostAtOnce) }));
  arm(view);
  return id;
}

export function closeToast(id: string): void {
  disarm(id);
  toastStore.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

/** While held (the pointer is over them) nothing disappears. */
export function holdToasts(hold: boolean): void {
  if (isHeld === hold) return;
  isHeld = hold;
  for (const toast of toastStore.getState().toasts) {
    if (hold) disarm(toast.id);
    else arm(toast);
  }
}

function arm(toast: ToastView): void {
  disarm(toast.id);
  if (isHeld) return;
  timers.set(
    toast.id,
    setTimeout(() => closeToast(toast.id), toast.undo === undefined ? plainMs : undoMs),
  );
}

function disarm(id: string): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}
