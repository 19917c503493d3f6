/** What sources send, what they may, and what holds them back. */
import { limitsSchema } from '../documents/limits.ts';
import { nameSchema } from '../documents/source.ts';
import { defineOperation } from '../operation.ts';
import { latenessSchema, throttleReadingSchema } from '../telemetry/ingest.ts';
import { z } from '../zod.ts';

const count = z.number().int().nonnegative();

/** Where something stands beside its limits. */
const standingSchema = z.strictObject({
  /** In force: its own, and what its plan says besides. */
  limits: limitsSchema,
  /** Events that may come now without a 429; null without a rate. */
  available: z.number().nullable(),
  /** Null without a quota. */
  quota: z
    .strictObject({
      used: count,
      remaining: count,
      /** Epoch ms at which it starts anew. */
      resetsAt: z.number(),
    })
    .nullable(),
});

/** Counted since the gateway started, but for the quota. Never the key itself. */
export const keyReadingSchema = z.strictObject({
  /** Label of the key; `main` is `writeKey`. */
  key: z.string(),
  ...standingSchema.shape,
  requests: count,
  /** All events that came with it, whatever became of them. */
  events: count,
  throttled: count,
  /** Requests that gave no event. */
  bad: count,
  bytes: count,
  /** Epoch ms; null where it was never used. An old key that stays unused may be removed. */
  lastUsedAt: z.number().nullable(),
});

export const sourceReadingSchema = z.strictObject({
  source: z.string(),
  plan: z.string().nullable(),
  /** The plan is not in the settings: no limits come from it. */
  isPlanUnknown: z.boolean(),
  ...standingSchema.shape,
  /** Events a second: now (mean of ten seconds), and usually (mean of the last hours; null before it has sent for an hour). */
  ratePerSecond: z.number(),
  usualPerSecond: z.number().nullable(),
  throttle: throttleReadingSchema.nullable(),
  keys: z.array(keyReadingSchema),
  /** By when they arrived: how late its accepted events were, since it exists. */
  lateness: latenessSchema,
  /** By when they happened: accepted events by hour of their own time, oldest first, since the gateway started; the last eight days at most. */
  byEventTime: z.array(z.strictObject({ hour: z.number(), events: count })),
  /** Events from before that. */
  earlier: count,
});
export type SourceReading = z.output<typeof sourceReadingSchema>;

export const sourceRead = defineOperation({
  name: 'source.read',
  title: 'What sources send and may send',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ source: nameSchema.optional() }),
  output: z.strictObject({
    sources: z.array(sourceReadingSchema),
    /** Requests that belong to no source: no key or an unknown one. Since the gateway started. */
    unattributed: count,
    /** Senders turned away now for bad requests, by their network: an address may be a person's. `source` is null where they carry no known key. */
    turnedAway: z.array(z.strictObject({ network: z.string(), source: z.string().nullable(), until: z.number() })),
  }),
});
