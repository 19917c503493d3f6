/** Reading free-form event fields: every value may be absent or of any type. */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { happenedAt } from '#gateway/pipeline/happened-at.ts';

export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = Object.freeze({});

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a key; an empty one where there is none. */
export function objectAt(fields: Fields, key: string): Fields {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return isFields(value) ? value : none;
}

/** The text or number under the first of these keys that has one, trimmed. */
export function textAt(fields: Fields, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
}

/** The number under the first of these keys that has one; digits in a string count. */
export function numberAt(fields: Fields, ...keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = textAt(fields, key);
    if (value !== undefined && Number.isFinite(Number(value))) return Number(value);
  }
  return undefined;
}

/** Shop items of Segment's e-commerce spec: `properties.products`, at most `limit`. */
export function productsOf(event: GatewayEvent, limit: number): readonly Fields[] {
  const products = event.properties.products;
  return Array.isArray(products) ? products.filter(isFields).slice(0, limit) : [];
}

/**
 * When the event happened, epoch ms. Never later than it was received: some vendors refuse the future,
 * and a value that depends on the moment of sending would change between attempts.
 */
export function eventTimeMs(event: GatewayEvent): number {
  return Math.floor(happenedAt(event));
}

/** At most `length` UTF-16 units, never ending in half a character. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** A credential as a header may carry it: no line breaks or spaces around, as a careless paste leaves them. */
export function headerSafe(secret: string | undefined): string {
  return (secret ?? '').replace(/[^\x21-\x7e]/g, '');
}
