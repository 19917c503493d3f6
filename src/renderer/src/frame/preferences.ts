import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** What a person chose for this console. Nothing of it is secret; it stays in the browser's storage. */
export interface Preferences {
  readonly isRailNarrow: boolean;
  readonly environment: string | null;
  /** Shortcut id to keys, where changed. An empty string switches it off. */
  readonly keys: Readonly<Record<string, string>>;
  readonly hasSingleKeys: boolean;
  /** Epoch ms when Now was last looked at. */
  readonly lastSeenAt: number;
}

const storageKey = 'sluice.preferences';
const defaults: Preferences = { isRailNarrow: false, environment: null, keys: {}, hasSingleKeys: true, lastSeenAt: 0 };

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(globalThis.localStorage?.getItem(storageKey) ?? '{}');
    return clean(stored);
  } catch {
    return defaults;
  }
}

/** Storage is a boundary: takes what fits, leaves the rest. */
function clean(stored: unknown): Preferences {
  if (typeof stored !== 'object' || stored === null) return defaults;
  const found = new Map<string, unknown>(Object.entries(stored));
  const keys = found.get('keys');
  const environment = found.get('environment');
  const lastSeenAt = found.get('lastSeenAt');
  return {
    isRailNarrow: found.get('isRailNarrow') === true,
    environment: typeof environment === 'string' ? environment : null,
    keys:
      typeof keys === 'object' && keys !== null
        ? Object.fromEntries(Object.entries(keys).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
        : {},
    hasSingleKeys: found.get('hasSingleKeys') !== false,
    lastSeenAt: typeof lastSeenAt === 'number' ? lastSeenAt : 0,
  };
}

export const preferencesStore = createStore<Preferences>(read);

preferencesStore.subscribe((state) => {
  try {
    globalThis.localStorage?.setItem(storageKey, JSON.stringify(state));
  } catch {
    // Storage is full or forbidden: the choice holds for this session.
  }
});

export function setPreferences(values: Partial<Preferences>): void {
  preferencesStore.setState(values);
}

export function usePreference<K extends keyof Preferences>(key: K): Preferences[K] {
  return useStore(preferencesStore, (state) => state[key]);
}
