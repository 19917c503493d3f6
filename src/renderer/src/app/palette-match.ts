import type { PaletteEntry } from '#renderer/frame/palette.ts';

/**
 * How well an entry fits what was typed: 0 is not at all, more is better. Every word typed must
 * be found; a match at the start of the title beats one at the start of a word, which beats one
 * inside, which beats one in keywords.
 */
export function matchScore(entry: Pick<PaletteEntry, 'title' | 'note' | 'keywords'>, query: string): number {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return 1;
  const title = entry.title.toLowerCase();
  const rest = `${entry.note ?? ''} ${entry.keywords ?? ''}`.toLowerCase();
  let score = 0;
  for (const word of words) {
    const found = wordScore(title, rest, word);
    if (found === 0) return 0;
    score += found;
  }
  return score - title.length / 1000;
}

function wordScore(title: string, rest: string, word: string): number {
  if (title.startsWith(word)) return 8;
  if (title.includes(` ${word}`)) return 6;
  if (title.includes(word)) return 4;
  if (rest.includes(word)) return 2;
  return isSubsequence(word, title) ? 1 : 0;
}

function isSubsequence(word: string, text: string): boolean {
  let from = 0;
  for (const letter of word) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return word.length > 1;
}

/** The best `limit` entries for a query, in their groups' order when nothing was typed. */
export function rank(entries: readonly PaletteEntry[], query: string, limit: number): readonly PaletteEntry[] {
  if (query.trim() === '') return entries.slice(0, limit);
  return entries
    .map((entry, index) => ({ entry, index, score: matchScore(entry, query) }))
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, limit)
    .map((each) => each.entry);
}
