/** Parsed JSON as the pipeline walks it: never changed in place, copied where a part changes. */
export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own value of a key; a prototype is never reached. */
export function own(json: Json, key: string): unknown {
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

/** Sets a key as an own property, whatever its name. */
export function define(json: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(json, key, { value, enumerable: true, configurable: true, writable: true });
  else json[key] = value;
}
