/** Reading of what people type: scopes, durations, backlog choices. Each answers null where it makes no sense. */
import type { BacklogChoice, SwitchScope } from '#contract/documents/switch.ts';
import { parseHoldFile } from '#contract/hold-file.ts';

/** `everything`, `destination:hubspot`, `source:web`, `event:Order Completed`, or the bare name of a destination. */
export function parseScope(text: string): SwitchScope | null {
  if (text.trim() === '') return null;
  const { holds, mistakes } = parseHoldFile(text);
  return holds.length === 1 && mistakes.length === 0 ? (holds[0] ?? null) : null;
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `30m`, `2h`, `1d`, `1h30m` as ms. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+[smhd])+$/.test(text)) return null;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhd])/g)) ms += Number(amount) * unitMs[unit as keyof typeof unitMs];
  return Number.isSafeInteger(ms) && ms > 0 ? ms : null;
}

/** `drain`, `fromNow`, `discard`, `newer:30m` (younger than), `newer:2026-11-20T10:00:00Z` (since). */
export function parseBacklog(text: string, now: number): BacklogChoice | null {
  if (text === 'drain' || text === 'fromNow' || text === 'discard') return { choice: text };
  if (!text.startsWith('newer:')) return null;
  const since = text.slice('newer:'.length);
  const ageMs = parseDuration(since);
  if (ageMs !== null) return { choice: 'newer', sinceMs: now - ageMs };
  const sinceMs = /^\d{4}-\d\d-\d\d/.test(since) ? Date.parse(since) : Number.NaN;
  return Number.isNaN(sinceMs) ? null : { choice: 'newer', sinceMs };
}
