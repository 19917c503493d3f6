import { z } from '../zod.ts';
import { breakerSettingsSchema } from './breaker.ts';
import { endpointsSchema } from './endpoints.ts';
import { fieldsSchema } from './fields.ts';
import { flagKeySchema } from './flag.ts';
import { nameSchema } from './source.ts';
import { transportSchema } from './transport.ts';

/** A vendor that events are delivered to: which connector, how it is set up, how hard it may be driven. */
export const destinationSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  connector: z.string(),
  /** The connector's own settings; parsed by the connector. Never holds a secret. */
  settings: z.record(z.string(), z.unknown()).default({}),
  /** Replaces the vendor's base URL (a region, a proxy, the simulator). */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  /** Sources it receives from; empty means all. */
  sources: z.array(nameSchema).default([]),
  /** Event names it receives; empty means all. */
  events: z.array(z.string().max(200)).default([]),
  /** Of those, only events for which this boolean flag is true; absent means all. Decided once, at ingest. */
  rollout: z.strictObject({ flag: flagKeySchema }).optional(),
  /** The only fields it may get; absent means all. */
  fields: fieldsSchema.optional(),
  enabled: z.boolean().default(true),
  /** Proxy, certificates, HTTP/2, compression. */
  transport: transportSchema.optional(),
  /** Where else events may go when `endpoint` fails, or besides. */
  endpoints: endpointsSchema.optional(),
  /** The vendor's public status page (Statuspage's summary.json, RSS or Atom). Asked only where it is set. */
  statusFeed: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .regex(/^https?:\/\/[^/?#@]+([/?#]|$)/, 'must not hold a user or password'),
      /** The part of the vendor that matters here, as the page names it; absent means the page as a whole. */
      component: z.string().trim().min(1).max(200).optional(),
    })
    .optional(),
  /** Asks now and then whether the vendor answers. check: by the connector's harmless call, where it has one. connect: reaches it and says nothing. Absent means check. */
  probe: z.enum(['check', 'connect', 'off']).optional(),
  delivery: z
    .strictObject({
      /** Requests in flight at once. */
      concurrency: z.number().int().min(1).max(256).default(16),
      /** Events a request; lowered to the vendor's own limit. */
      batchSize: z.number().int().min(1).max(2000).default(100),
      /** How long a batch may wait to fill, ms. 0 sends what is there. */
      batchWaitMs: z.number().int().min(0).max(60_000).default(50),
      /** Time for one request, ms. */
      timeoutMs: z.number().int().min(100).max(120_000).default(10_000),
      /** Attempts before a dead letter. */
      maxAttempts: z.number().int().min(1).max(100).default(12),
      /** For vendors that cannot dedupe: resend what may have arrived, or not. */
      onUncertain: z.enum(['resend', 'dead']).default('resend'),
      /** The most events a second; absent: what the connector knows of its vendor, or no ceiling. The rate adapts below it when the vendor throttles. */
      ratePerSecond: z.number().positive().max(1_000_000).optional(),
      /** Resends at most this share of what is sent for the first time, beside a floor of ten requests a second. */
      retryShare: z.number().min(0).max(1).default(0.2),
      /** An event that was received longer ago than this is expired instead of sent, ms. The vendor's own limit holds besides. */
      maxAgeMs: z.number().int().min(1000).optional(),
      /** user: no event before the earlier ones of its user are settled. Costs throughput: one event a user at a time. */
      order: z.enum(['none', 'user']).default('none'),
      breaker: breakerSettingsSchema.prefault({}),
    })
    .prefault({}),
  hold: z
    .strictObject({
      /** Oldest age kept while parked, ms. */
      ageMs: z
        .number()
        .int()
        .min(60_000)
        .default(14 * 86_400_000),
      /** Bytes kept while parked. */
      bytes: z
        .number()
        .int()
        .min(65_536)
        .default(2 * 1024 ** 3),
      onLimit: z.enum(['expire', 'refuseIngest']).default('expire'),
    })
    .prefault({}),
  owner: z.string().max(100).optional(),
  tags: z.array(z.string().max(40)).max(20).default([]),
  demo: z.boolean().default(false),
});
export type Destination = z.output<typeof destinationSchema>;
