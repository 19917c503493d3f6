import { z } from '../zod.ts';

/** Where, how often and how many backups are kept; part of the settings. */
export const backupSettingsSchema = z.strictObject({
  /** Folder that backups go to, best on another disk; null: none are made. */
  folder: z
    .string()
    .regex(/^(\/|[A-Za-z]:[\\/])/, 'use an absolute path')
    .max(1000)
    .nullable()
    .default(null),
  /** Time between two backups, ms; null: only when asked for, or after a critical change. */
  everyMs: z.number().int().min(60_000).nullable().default(3_600_000),
  /** After this long the next one copies everything anew instead of taking over what an earlier one holds, ms. */
  fullEveryMs: z
    .number()
    .int()
    .min(60_000)
    .default(7 * 86_400_000),
  /** How many complete backups of this gateway stay; the oldest go. */
  keep: z.number().int().min(1).max(1000).default(48),
  /** Also shortly after a critical command. */
  afterCritical: z.boolean().default(true),
});
export type BackupSettings = z.output<typeof backupSettingsSchema>;
