import type { LateBucket, Lateness } from '#contract/telemetry/ingest.ts';

/** How late accepted events were, as it is told: without what is 0. */
export function latenessOf(accepted: number, late: Readonly<Record<LateBucket, number>>): Lateness {
  const { underHour, underDay, underWeek, older, future } = late;
  const underMinute = Math.max(0, accepted - underHour - underDay - underWeek - older - future);
  const all = { underMinute, underHour, underDay, underWeek, older, future };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}
