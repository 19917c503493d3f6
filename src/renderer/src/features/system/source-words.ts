/** Pure: what a source sends and may send, in words. */
import type { Limits } from '#contract/documents/limits.ts';
import type { SourceReading } from '#contract/operations/sources.ts';
import { type Lateness, latenessBuckets, type ThrottleReason } from '#contract/telemetry/ingest.ts';
import { approximate, perSecond, toText } from '#renderer/ui/quantity.ts';

/** `500 /s, at once 1 k, 2 M a day`; empty where nothing is limited. */
export function limitsText({ ratePerSecond, burst, dailyQuota }: Limits): string {
  return [
    ...(ratePerSecond === undefined ? [] : [toText(perSecond(ratePerSecond))]),
    ...(burst === undefined ? [] : [`at once ${toText(approximate(burst))}`]),
    ...(dailyQuota === undefined ? [] : [`${toText(approximate(dailyQuota))} a day`]),
  ].join(', ');
}

export const throttleWords: Readonly<Record<ThrottleReason, string>> = {
  rate: 'over its rate',
  quota: 'quota used up',
  surge: 'surge',
  badRequests: 'bad requests',
};

/** Share of the day's quota that is used, 0..1; null without one. */
export function quotaShare({ quota }: Pick<SourceReading, 'quota'>): number | null {
  if (quota === null) return null;
  const whole = quota.used + quota.remaining;
  return whole === 0 ? 1 : Math.min(1, quota.used / whole);
}

const latenessWords: Readonly<Record<(typeof latenessBuckets)[number], string>> = {
  underMinute: 'within a minute',
  underHour: 'within an hour',
  underDay: 'within a day',
  underWeek: 'within a week',
  older: 'later',
  future: 'from the future',
};

export interface LateShare {
  readonly bucket: (typeof latenessBuckets)[number];
  readonly word: string;
  readonly events: number;
  /** Of all, 0..1. */
  readonly share: number;
}

/** How late events were, in the order of lateness; buckets without any are left out. */
export function lateShares(lateness: Lateness): readonly LateShare[] {
  const total = latenessBuckets.reduce((sum, bucket) => sum + (lateness[bucket] ?? 0), 0);
  return latenessBuckets.flatMap((bucket) => {
    const events = lateness[bucket] ?? 0;
    return events === 0 ? [] : [{ bucket, word: latenessWords[bucket], events, share: events / total }];
  });
}
