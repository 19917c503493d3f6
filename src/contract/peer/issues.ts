import type { z } from '../zod.ts';
import { limits } from './limits.ts';

/** What zod found wrong, as error details: paths and messages, never the values. */
export function issuesOf(error: z.ZodError): { readonly issues: readonly { readonly path: string; readonly message: string }[] } {
  return { issues: error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.map(String).join('.').slice(0, 200), message })) };
}

/** Whether a parsed JSON value is nested deeper than an input may be. Walks without recursion. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.depth) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}
