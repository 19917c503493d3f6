/** Pure: the difference of two documents in words: where it is, and what stood and stands there. */
import { type DiffEntry, isMapping } from '#contract/documents/diff.ts';
import { bytes, counted, duration, perSecond, ratio, toText } from './quantity.ts';
import { absolute } from './time.ts';

/** `Delivery › timeout`, `Endpoints › eu › weight`. Ids and names of events stay as they are written. */
export function pathWords(path: readonly string[]): string {
  const words = path.map((step) => (/^\d+$/.test(step) ? `no. ${Number(step) + 1}` : stepWords(step))).join(' › ');
  return words === '' ? 'All of it' : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Only what is spelled as our fields are is taken apart; its unit is told with the value. */
function stepWords(step: string): string {
  if (!/^[a-z]+([A-Z][a-z0-9]*)+$/.test(step)) return step;
  const words = step.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.replace(/ (ms|bytes|per second)$/, '');
}

/** One side of an entry: a short text, items of a plain list, or something longer to unfold. */
export type SideWords =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'items'; readonly items: readonly string[] }
  | { readonly kind: 'long'; readonly what: string; readonly text: string };

/** Longest text that is shown without being asked for. */
const longestText = 120;
/** Times are told from numbers by where they lie, ms: 2001 to 2286. */
const [earliest, latest] = [1e12, 1e13];

/** What stood there and what stands there. Null: nothing did. */
export function sidesWords(entry: DiffEntry): { readonly before: SideWords | null; readonly after: SideWords | null } {
  const name = entry.path.findLast((step) => !/^\d+$/.test(step)) ?? '';
  const side = (value: unknown) => (value === undefined ? null : sideWords(value, name));
  const [before, after] = [side(entry.before), side(entry.after)];
  // Three digits can hide a small change.
  const isHidden = before?.kind === 'text' && after?.kind === 'text' && before.text === after.text;
  if (!isHidden) return { before, after };
  return { before: { kind: 'text', text: String(entry.before) }, after: { kind: 'text', text: String(entry.after) } };
}

function sideWords(value: unknown, name: string): SideWords {
  if (Array.isArray(value) && !value.some((item) => typeof item === 'object'))
    return { kind: 'items', items: value.map((item) => scalarWords(item, name)) };
  if (Array.isArray(value)) return { kind: 'long', what: counted(value.length, 'item'), text: JSON.stringify(value, null, 2) };
  if (isMapping(value)) return { kind: 'long', what: counted(Object.keys(value).length, 'field'), text: JSON.stringify(value, null, 2) };
  const text = scalarWords(value, name);
  return text.length > longestText ? { kind: 'long', what: counted(text.length, 'character'), text } : { kind: 'text', text };
}

function scalarWords(value: unknown, name: string): string {
  if (typeof value === 'number') return numberWords(value, name);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return 'none';
  return value === '' ? 'empty' : String(value);
}

function numberWords(value: number, name: string): string {
  if (value >= earliest && value < latest && !/bytes/i.test(name)) return absolute(value);
  if (/Ms$/.test(name)) return toText(duration(value));
  if (/bytes$/i.test(name)) return toText(bytes(value));
  if (/PerSecond$/.test(name)) return toText(perSecond(value));
  return /share$/i.test(name) ? toText(ratio(value)) : String(value);
}
