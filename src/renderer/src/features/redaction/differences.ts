/** Pure: which parts of an event the rules changed, as JSON Pointers into what was and what is. */
import { pointerStep } from '#renderer/ui/json-text.ts';

export interface Differences {
  /** Parts of the event before that are gone or different. */
  readonly before: ReadonlyMap<string, 'gone' | 'changed'>;
  /** Parts of the event after that are different or new. */
  readonly after: ReadonlySet<string>;
}

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function differences(before: unknown, after: unknown): Differences {
  const was = new Map<string, 'gone' | 'changed'>();
  const is = new Set<string>();
  const walk = (old: unknown, now: unknown, pointer: string): void => {
    if (isJson(old) && isJson(now)) {
      for (const name of Object.keys(old)) {
        const here = pointer + pointerStep(name);
        if (Object.hasOwn(now, name)) walk(old[name], now[name], here);
        else was.set(here, 'gone');
      }
      for (const name of Object.keys(now)) if (!Object.hasOwn(old, name)) is.add(pointer + pointerStep(name));
    } else if (Array.isArray(old) && Array.isArray(now)) {
      for (const [index, item] of old.entries()) walk(item, now[index], pointer + pointerStep(index));
    } else if (JSON.stringify(old) !== JSON.stringify(now)) {
      was.set(pointer, 'changed');
      is.add(pointer);
    }
  };
  walk(before, after, '');
  return { before: was, after: is };
}
