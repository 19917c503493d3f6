/** Pure: what the gateway says is wrong with a value, by field. */
import type { AppError } from '#contract/errors.ts';

/** Messages by dotted path within `value`; empty where the error names no fields. */
export function issuesOf(error: AppError | null): ReadonlyMap<string, string> {
  const listed = error?.details?.issues;
  if (!Array.isArray(listed)) return new Map();
  const found = new Map<string, string>();
  for (const issue of listed as readonly unknown[]) {
    if (typeof issue !== 'object' || issue === null || !('path' in issue) || !('message' in issue)) continue;
    found.set(String(issue.path).replace(/^value\./, ''), String(issue.message));
  }
  return found;
}
