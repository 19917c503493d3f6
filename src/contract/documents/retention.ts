import { z } from '../zod.ts';

const day = 86_400_000;

/** How long, and how much, each class of data is kept. Part of the settings. The audit is never purged. */
export const retentionSchema = z.strictObject({
  /** Bytes that the log may take before settled segments go ahead of their time; what a destination still needs stays. */
  settledMaxBytes: z
    .number()
    .int()
    .min(1_048_576)
    .default(16 * 1024 ** 3),
  /** How long a dead letter waits for a person before it expires, ms. */
  deadLetterAgeMs: z
    .number()
    .int()
    .min(60_000)
    .default(30 * day),
  /** Bytes of events that the dead letters of one destination may hold; beyond it the oldest expire. */
  deadLetterMaxBytes: z
    .number()
    .int()
    .min(65_536)
    .default(1024 ** 3),
  /** How long minute rollups of telemetry are kept, ms. Finer ones go after 15 minutes and a day. */
  rollupAgeMs: z
    .number()
    .int()
    .min(86_400_000)
    .default(30 * day),
  /** How long the record of a finished erasure is kept, ms. */
  erasureAgeMs: z
    .number()
    .int()
    .min(30 * day)
    .default(1095 * day),
  /** How long the record of an ended replay, drill, rollout, scheduled change or playbook run is kept, ms. */
  recordAgeMs: z
    .number()
    .int()
    .min(day)
    .default(365 * day),
});
export type Retention = z.output<typeof retentionSchema>;
