/** An event as people may see it who need not see its content: keys and shape, no text and no number. */
import { hasPattern } from './find-patterns.ts';
import { define, isRecord } from './json.ts';

const maxKey = 100;
/** What names the event, not a person. */
const shown: ReadonlySet<string> = new Set(['type', 'event', 'name', 'messageId', 'timestamp']);

/** @param json an event as stored */
export function maskEvent(json: unknown): unknown {
  if (!isRecord(json)) return mask(json);
  return copy(json, (value, key) => (shown.has(key) && typeof value === 'string' && !isPersonal(value) ? value : mask(value)));
}

function mask(value: unknown): unknown {
  if (typeof value === 'string') return `text(${value.length})`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (Array.isArray(value)) return value.map(mask);
  return isRecord(value) ? copy(value, mask) : value;
}

function copy(
  json: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Readonly<Record<string, unknown>> {
  const masked: Record<string, unknown> = {};
  for (const key in json)
    define(masked, isPersonal(key) ? `text(${key.length})` : key.slice(0, maxKey).toWellFormed(), change(json[key], key));
  return masked;
}

function isPersonal(text: string): boolean {
  return hasPattern('email', text) || hasPattern('card', text);
}
