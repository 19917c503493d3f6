/** Pure: a consent policy in words. */
import type { ConsentPolicy } from '#contract/documents/consent.ts';

/** `advertising and analytics`, `newsletter or advertising`. */
export function categoriesText({ categories, match }: Pick<ConsentPolicy, 'categories' | 'match'>): string {
  const last = categories.at(-1) ?? '';
  const rest = categories.slice(0, -1);
  return rest.length === 0 ? last : `${rest.join(', ')} ${match === 'all' ? 'and' : 'or'} ${last}`;
}

/** What the policy means for an event, in one sentence. */
export function policySentence(destination: string, policy: ConsentPolicy): string {
  const one = policy.categories.length === 1;
  const wanted = one
    ? `granted ${categoriesText(policy)}`
    : policy.match === 'all'
      ? `granted ${categoriesText(policy)}, each of them`
      : `granted ${categoriesText(policy)}, one of them at least`;
  const unknown = policy.whenUnknown === 'deny' ? 'counts as withdrawn' : 'counts as granted';
  return `${destination} gets an event only of somebody who ${wanted}. What nobody said anything about ${unknown}.`;
}

/** Ids as people paste them: one a line, or parted by commas or tabs. Each once. */
export function readIds(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(/[\n\r,;\t]+/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
  ];
}

/** Most that one command takes, and the longest id. */
export const mostIds = 1000;
export const longestId = 512;
