/**
 * One walk over parsed JSON: is it nested too deeply, does it hold a key that could reach a
 * prototype, how large can it be at most. Bounded by depth, so hostile nesting cannot overflow
 * the stack. Runs for every event: no closures, no allocation.
 */

/** Levels of objects and arrays that an event may have. */
export const MAX_DEPTH = 64;

export const TOO_DEEP = -1;
export const FORBIDDEN_KEY = -2;

/** A character is at most six bytes of JSON: `\u001f`. */
const BYTES_A_CHARACTER = 6;
/** Longest number that JSON.stringify writes, and room for punctuation. */
const BYTES_A_SCALAR = 26;

/**
 * Upper bound of the value's size as JSON, bytes; or TOO_DEEP, or FORBIDDEN_KEY (`__proto__`, or a
 * `constructor` that has a `prototype`), which code that copies by assignment would trip over.
 */
export function sizeBound(value: unknown, depth = MAX_DEPTH): number {
  if (typeof value === 'string') return value.length * BYTES_A_CHARACTER + BYTES_A_SCALAR;
  if (typeof value !== 'object' || value === null) return BYTES_A_SCALAR;
  if (depth === 0) return TOO_DEEP;
  return Array.isArray(value) ? arrayBound(value, depth - 1) : objectBound(value, depth - 1);
}

function arrayBound(items: readonly unknown[], depth: number): number {
  let bound = 2;
  for (let index = 0; index < items.length; index++) {
    const size = sizeBound(items[index], depth);
    if (size < 0) return size;
    bound += size;
  }
  return bound;
}

function objectBound(object: object, depth: number): number {
  let bound = 2;
  const record = object as Readonly<Record<string, unknown>>;
  // for-in and not Object.entries: parsed JSON has no inherited enumerable keys, and this allocates nothing.
  for (const key in record) {
    const value = record[key];
    if (key === '__proto__' || (key === 'constructor' && hasPrototype(value))) return FORBIDDEN_KEY;
    const size = sizeBound(value, depth);
    if (size < 0) return size;
    bound += size + key.length * BYTES_A_CHARACTER + 4;
  }
  return bound;
}

function hasPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}
