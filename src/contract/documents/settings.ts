import { z } from '../zod.ts';
import { backupSettingsSchema } from './backup.ts';
import { ingestSettingsSchema } from './limits.ts';
import { retentionSchema } from './retention.ts';

/** Gateway-wide settings; one document with the id `gateway`. */
export const settingsSchema = z.strictObject({
  environment: z.enum(['embedded', 'staging', 'production']).default('embedded'),
  /** Disk the log may use, bytes. 5 % of it is kept for settling and control. */
  diskBudgetBytes: z
    .number()
    .int()
    .min(1_048_576)
    .default(20 * 1024 ** 3),
  /** How long settled events are kept, ms. */
  retentionMs: z
    .number()
    .int()
    .min(60_000)
    .default(7 * 86_400_000),
  /** How long a message id is remembered for dedupe, ms. */
  dedupeWindowMs: z
    .number()
    .int()
    .min(60_000)
    .default(7 * 86_400_000),
  /** How many message ids are remembered at most. */
  dedupeMaxEntries: z.number().int().min(1000).default(5_000_000),
  /** Time that in-flight requests get to finish after a park, before they are aborted as uncertain, ms. */
  drainDeadlineMs: z.number().int().min(0).max(120_000).default(10_000),
  /** How long a quarantined event waits for a person before it expires, ms. */
  quarantineAgeMs: z
    .number()
    .int()
    .min(60_000)
    .default(14 * 86_400_000),
  /** How many events the quarantine holds; beyond it the oldest expire. */
  quarantineMaxEvents: z.number().int().min(100).default(100_000),
  /** Bytes of events the quarantine holds; beyond it the oldest expire. */
  quarantineMaxBytes: z
    .number()
    .int()
    .min(1_048_576)
    .default(256 * 1024 ** 2),
  backup: backupSettingsSchema.prefault({}),
  /** How much sources may send. */
  ingest: ingestSettingsSchema.prefault({}),
  /** Limits beside `retentionMs` and those of the quarantine. */
  retention: retentionSchema.prefault({}),
  /** `host:port` of something that answers whenever our own network works. Absent: only the other destinations tell. */
  controlAddress: z
    .string()
    .regex(/^([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/, 'use host:port')
    .max(260)
    .optional(),
  /** Base URL of a vendor simulator. Drills break destinations there and nowhere else. */
  simulator: z
    .url({ protocol: /^http$/ })
    .max(300)
    .optional(),
});
export type Settings = z.output<typeof settingsSchema>;
