import type { SuppressionKind } from '#contract/documents/consent.ts';
import type { Preferences } from '#gateway/pipeline/consent.ts';

/** What a person chose for one category, and when it was chosen, epoch ms. */
export interface Choice {
  readonly granted: boolean;
  /** Moves on when the same is chosen again. */
  at: number;
}

/** All that is known of one person. */
export interface Person {
  readonly choices: ReadonlyMap<string, Choice>;
  /** `choices` as decisions take them. */
  readonly preferences: Preferences;
  readonly suppressed: { readonly kind: SuppressionKind; readonly at: number } | null;
}

export const nobody: Person = { choices: new Map(), preferences: {}, suppressed: null };

/** Most categories kept of one person: events come from anybody. */
const maxCategories = 100;

export function personOf(choices: ReadonlyMap<string, Choice>, suppressed: Person['suppressed']): Person {
  const preferences = Object.fromEntries([...choices].map(([category, { granted }]) => [category, granted]));
  return { choices, preferences, suppressed };
}

/** A person after choosing, and what of it must be kept. */
export interface Chosen {
  readonly person: Person;
  /** news: a choice changed. again: only the time at which a *no* was last said, which a late *yes* must not overrule. */
  readonly keeps: 'news' | 'again' | 'nothing';
}

/**
 * A person after choosing at `atMs`: for each category the newest choice, whatever the order in which choices arrive, and of two
 * at the same moment the *no*. What was chosen before and is chosen again, as nearly every event says, costs no copy: only
 * its time moves on, in place.
 */
export function choose(person: Person, preferences: Preferences, atMs: number): Chosen {
  let choices: Map<string, Choice> | null = null;
  let isSaidAgain = false;
  for (const category in preferences) {
    const granted = preferences[category] === true;
    const known = person.choices.get(category);
    const isNewer =
      known === undefined ? person.choices.size < maxCategories : atMs > known.at || (atMs === known.at && known.granted && !granted);
    if (!isNewer) continue;
    if (known?.granted === granted) {
      known.at = atMs;
      if (!granted) isSaidAgain = true;
      continue;
    }
    choices ??= new Map(person.choices);
    choices.set(category, { granted, at: atMs });
  }
  if (choices !== null) return { person: personOf(choices, person.suppressed), keeps: 'news' };
  return { person, keeps: isSaidAgain ? 'again' : 'nothing' };
}
