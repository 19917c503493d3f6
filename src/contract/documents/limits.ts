/** How much a source may send. What is absent is not limited. */
import { z } from '../zod.ts';

export const limitsSchema = z.strictObject({
  /** Events a second on average. */
  ratePerSecond: z.number().positive().max(1_000_000).optional(),
  /** Events that may come at once, after a pause; absent: two seconds' worth of the rate. One batch always may. */
  burst: z.number().int().min(1).max(10_000_000).optional(),
  /** Events a day; the day ends at midnight UTC. */
  dailyQuota: z.number().int().min(1).max(1_000_000_000_000).optional(),
});
export type Limits = z.output<typeof limitsSchema>;

/** The label that a source carries, and an entry of `settings.ingest.plans` has. */
export const planLabelSchema = z.string().trim().min(1).max(100);

/** What every source with this label may send, each for itself. Its own limits win, one by one. */
export const ingestPlanSchema = z.strictObject({
  /** Of the source as a whole. */
  limits: limitsSchema.prefault({}),
  /** Of each of its write keys. */
  keyLimits: limitsSchema.prefault({}),
});

/** When a sender is held back by itself, without a limit that somebody set. */
export const abuseSchema = z.strictObject({
  /** Requests of one address with one write key (or with none, or an unknown one) that cannot be read, within a minute, before they are turned away. Only where they are more than half of what comes with that key. */
  badRequestsPerMinute: z.number().int().min(10).max(1_000_000).default(600),
  /** How long they are turned away, ms. */
  turnAwayMs: z.number().int().min(1000).max(86_400_000).default(60_000),
  /** What happens to senders of bad requests: turned away, or nothing. */
  badRequests: z.enum(['throttle', 'off']).default('throttle'),
  /** A surge is this many times the usual rate of a source: the mean of its last hours. Nothing is usual before it has sent for an hour. */
  surgeFactor: z.number().min(2).max(1000).default(10),
  /** A rate below this is never a surge, events a second. */
  surgeFloorPerSecond: z.number().min(1).max(1_000_000).default(1000),
  /** throttle holds the source at the rate that would be a surge; alert only says so. */
  surge: z.enum(['throttle', 'alert', 'off']).default('alert'),
});
export type Abuse = z.output<typeof abuseSchema>;

export const ingestSettingsSchema = z.strictObject({
  /** Limits by plan label, so that many sources share one definition. */
  plans: z.record(planLabelSchema, ingestPlanSchema).default({}),
  abuse: abuseSchema.prefault({}),
});
export type IngestSettings = z.output<typeof ingestSettingsSchema>;
