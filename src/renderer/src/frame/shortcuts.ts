import { createStore } from 'zustand/vanilla';
import { preferencesStore } from './preferences.ts';

/** An act bound to keys. Keys: `mod+k`, `?`, or a sequence `g d`. Nothing here changes the gateway's state. */
export interface Shortcut {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly keys: string;
  readonly run: () => void;
}

export const shortcutStore = createStore<{ readonly shortcuts: readonly Shortcut[] }>(() => ({ shortcuts: [] }));

/** Adds shortcuts; the returned function takes them away (use it in an effect). */
export function registerShortcuts(added: readonly Shortcut[]): () => void {
  const ids = new Set(added.map((shortcut) => shortcut.id));
  shortcutStore.setState((state) => ({ shortcuts: [...state.shortcuts.filter((shortcut) => !ids.has(shortcut.id)), ...added] }));
  return () => shortcutStore.setState((state) => ({ shortcuts: state.shortcuts.filter((shortcut) => !added.includes(shortcut)) }));
}

/** The keys in force for a shortcut: the person's own, else the built-in ones. Empty: switched off. */
export function keysOf(shortcut: Pick<Shortcut, 'id' | 'keys'>): string {
  return preferencesStore.getState().keys[shortcut.id] ?? shortcut.keys;
}

interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** How a key press is written: `mod+k`, `shift+enter`, `?`. Null for a modifier alone. */
export function pressText(press: Press): string | null {
  if (['Control', 'Meta', 'Alt', 'Shift', 'Dead'].includes(press.key)) return null;
  const key = press.key === ' ' ? 'space' : press.key.toLowerCase();
  const isSymbol = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  return [press.ctrlKey || press.metaKey ? 'mod' : '', press.altKey ? 'alt' : '', press.shiftKey && !isSymbol ? 'shift' : '', key]
    .filter((part) => part !== '')
    .join('+');
}

/** Follows presses and finds what they mean, sequences included. `now` in ms. */
export function createKeyReader(sequenceMs = 1200): (text: string, now: number, known: ReadonlySet<string>) => string | null {
  let pending = '';
  let pendingAt = 0;
  return (text, now, known) => {
    const sequence = pending !== '' && now - pendingAt <= sequenceMs ? `${pending} ${text}` : text;
    pending = '';
    if (known.has(sequence)) return sequence;
    if (known.has(text)) return text;
    if ([...known].some((keys) => keys.startsWith(`${text} `))) {
      pending = text;
      pendingAt = now;
    }
    return null;
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    target.getAttribute('type') !== 'radio'
  );
}

/** Listens on the window until the returned function is called. */
export function startShortcuts(target: Window): () => void {
  const read = createKeyReader();
  const onKey = (event: KeyboardEvent) => {
    const text = pressText(event);
    if (text === null || event.defaultPrevented || event.repeat) return;
    const isModified = text.includes('mod+') || text.includes('alt+');
    if (
      !isModified &&
      (isTyping(event.target) ||
        !preferencesStore.getState().hasSingleKeys ||
        document.querySelector('[role=dialog][aria-modal=true]') !== null)
    )
      return;
    const bound = new Map(shortcutStore.getState().shortcuts.map((shortcut) => [keysOf(shortcut), shortcut]));
    bound.delete('');
    const hit = read(text, event.timeStamp, new Set(bound.keys()));
    if (hit === null) return;
    event.preventDefault();
    bound.get(hit)?.run();
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}
