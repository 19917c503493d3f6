import { createHash } from 'node:crypto';
import { AppFailure, appError } from '#contract/errors.ts';

/** Deepest nesting that a document may have. */
const maxDepth = 64;

/**
 * JSON with sorted keys and without spaces: equal values give equal text, whatever the order
 * their keys were written in. Takes what JSON can hold. Throws AppFailure INPUT_INVALID where
 * nested deeper than 64.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > maxDepth)
    throw new AppFailure(appError('INPUT_INVALID', { issues: [{ path: '', message: `nested deeper than ${maxDepth} levels` }] }));
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field, depth + 1)}`);
  return `{${fields.join(',')}}`;
}

/** SHA-256 as hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Makes a tree of plain data read-only for good, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const field of Object.values(value)) deepFreeze(field);
  }
  return value;
}
