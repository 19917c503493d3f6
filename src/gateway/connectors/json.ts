/** JSON in and out of vendors without exceptions. */
import type { z } from '#contract/zod.ts';

/** JSON text of a value; null where it has none (nested so deeply that the engine gives up). */
export function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

/** A body parsed by a schema; null where it is no JSON (an error page, cut off) or of another shape. */
export function parseBody<T>(schema: z.ZodType<T>, body: string): T | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Whether JSON of this many UTF-16 units may take more than `bytes` in UTF-8. Exact, and cheap for the usual short text. */
export function isLongerThan(json: string, bytes: number): boolean {
  return json.length * 3 > bytes && Buffer.byteLength(json) > bytes;
}
