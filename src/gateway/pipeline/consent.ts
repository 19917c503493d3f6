/**
 * Whether an event may go to a destination, by what its person consented to. Pure, and asked at every send.
 *
 * Several voices may speak of a category: the event itself (as its person had chosen when it happened), and
 * what the consent store knows of the user and of the anonymous id. One *no* is enough to deny, so withdrawing
 * never sends more; a *yes* counts where nobody says no.
 */
import type { ConsentPolicy } from '#contract/documents/consent.ts';
import { isRecord, type Json, own } from './json.ts';

/** Category to granted or not. Categories that are not in it are unknown. */
export type Preferences = Readonly<Record<string, boolean>>;

/** Most categories read from one event. */
const maxCategories = 100;
const maxCategoryLength = 100;

export function isConsented({ categories, match, whenUnknown }: ConsentPolicy, voices: readonly Preferences[]): boolean {
  const isGranted = (category: string) => granted(category, voices) ?? whenUnknown === 'allow';
  return match === 'all' ? categories.every(isGranted) : categories.some(isGranted);
}

function granted(category: string, voices: readonly Preferences[]): boolean | null {
  let answer: boolean | null = null;
  for (const voice of voices) {
    if (!Object.hasOwn(voice, category)) continue;
    if (voice[category] === false) return false;
    answer = true;
  }
  return answer;
}

/** Segment's consent object, `context.consent.categoryPreferences`; null where the event says nothing. */
export function preferencesOf(context: unknown): Preferences | null {
  const consent = isRecord(context) ? own(context, 'consent') : undefined;
  const stated = isRecord(consent) ? own(consent, 'categoryPreferences') : undefined;
  return isRecord(stated) ? booleans(stated) : null;
}

/** The object itself where it holds nothing else, as it nearly always does. */
function booleans(stated: Json): Preferences | null {
  return isPreferences(stated) ? stated : picked(stated);
}

function isPreferences(stated: Json): stated is Preferences {
  let count = 0;
  for (const category in stated) {
    if (typeof stated[category] !== 'boolean' || category.length > maxCategoryLength || ++count > maxCategories) return false;
  }
  return count > 0;
}

function picked(stated: Json): Preferences | null {
  const entries = Object.entries(stated)
    .filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean' && entry[0].length <= maxCategoryLength)
    .slice(0, maxCategories);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}
