/** Backups of the gateway's own state. Restoring and migrating happen with the gateway stopped: see `sluice restore` and `sluice migrate`. */
import { appErrorSchema } from '../errors.ts';
import { commandFields, defineOperation, defineTopic } from '../operation.ts';
import { z } from '../zod.ts';

const count = z.number().int().nonnegative();
/** The name of a backup's folder: its time, and a few letters that make it unique. */
export const backupIdSchema = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/);
export const backupModes = ['full', 'incremental'] as const;

/** What a backup was found to be when somebody looked. */
export const backupCheckSchema = z.strictObject({
  /** Epoch ms. */
  at: z.number(),
  ok: z.boolean(),
  /** What is wrong with it, in words. Empty: nothing. */
  problems: z.array(z.strictObject({ file: z.string(), problem: z.string() })),
  files: count,
  bytes: count,
  durationMs: z.number(),
  /** Destinations whose ledger was counted again, and how many of them balance. */
  ledgers: count,
  balanced: count,
  auditIntact: z.boolean(),
});
export type BackupCheck = z.output<typeof backupCheckSchema>;

/** What a restore into an empty folder, in a process of its own, showed. */
export const backupDrillResultSchema = backupCheckSchema.extend({
  /** From the start of the restore until its log was open and every ledger had been counted, ms. */
  recoveryMs: z.number(),
  /** Last seq that was there again. */
  head: count,
});
export type BackupDrillResult = z.output<typeof backupDrillResultSchema>;

export const backupSummarySchema = z.strictObject({
  id: backupIdSchema,
  /** unfinished: it has no manifest, because the gateway ended while it was made. damaged: its manifest or its files do not fit. */
  state: z.enum(['complete', 'unfinished', 'damaged']),
  /** Why it is not complete; empty where it is. */
  why: z.string(),
  mode: z.enum(backupModes).nullable(),
  /** When its view was taken: what was accepted before is in it. Epoch ms; null where unknown. */
  at: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** Last seq in it. */
  head: count.nullable(),
  incarnation: z.string().nullable(),
  /** Size of everything in it, and what this one had to copy. */
  bytes: count.nullable(),
  copiedBytes: count.nullable(),
  /** The newest of each, where there was one. */
  check: backupCheckSchema.nullable(),
  drill: backupDrillResultSchema.nullable(),
});
export type BackupSummary = z.output<typeof backupSummarySchema>;

export const backupPhases = ['databases', 'sealing', 'segments', 'manifest', 'checking', 'restoring', 'done', 'failed'] as const;
/** One backup, check or drill; at most one at a time. */
export const backupProgressSchema = z.strictObject({
  work: z.enum(['backup', 'check', 'drill']),
  id: backupIdSchema,
  phase: z.enum(backupPhases),
  startedAt: z.number(),
  /** Null while it goes on. */
  endedAt: z.number().nullable(),
  doneFiles: count,
  totalFiles: count,
  doneBytes: count,
  totalBytes: count,
  error: appErrorSchema.nullable(),
});
export type BackupProgress = z.output<typeof backupProgressSchema>;

/** Without `wait` the answer comes as soon as the work has begun: follow `backup.progress`. */
const wait = z.boolean().default(false);

export const backupRun = defineOperation({
  name: 'backup.run',
  title: 'Back the gateway up now',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...commandFields, mode: z.enum(backupModes).default('incremental'), wait }),
  output: z.strictObject({
    /** Empty in a dry run. */
    id: z.string(),
    /** Bytes that had to be (in a dry run: would have to be) copied; null while it goes on. */
    copiedBytes: count.nullable(),
    /** Free space in the backup folder, bytes; null where unknown. */
    freeBytes: count.nullable(),
    progress: backupProgressSchema.nullable(),
  }),
});

export const backupList = defineOperation({
  name: 'backup.list',
  title: 'List backups',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    /** Null: no folder is set, and nothing is backed up. */
    folder: z.string().nullable(),
    /** Why the folder cannot be used now; null where it can. */
    folderError: appErrorSchema.nullable(),
    freeBytes: count.nullable(),
    /** When the next one is due, epoch ms; null: none is planned. */
    nextAt: z.number().nullable(),
    /** What is going on, or went on last; null: nothing since the start. */
    progress: backupProgressSchema.nullable(),
    /** The last backup that failed since the last one that did not. */
    lastFailure: z.strictObject({ at: z.number(), error: appErrorSchema }).nullable(),
    /** Newest first. */
    backups: z.array(backupSummarySchema),
  }),
});

const target = {
  /** Absent: the newest complete one. */
  id: backupIdSchema.optional(),
  wait,
};

/** Checksums, every database opened and checked, the ledger and the audit counted again, over the files as they lie there. */
export const backupVerify = defineOperation({
  name: 'backup.verify',
  title: 'Verify a backup',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ reason: commandFields.reason, ...target }),
  output: z.strictObject({ id: z.string(), check: backupCheckSchema.nullable(), progress: backupProgressSchema }),
});

/** Restores a backup into an empty folder, in a process of its own that reaches no vendor, and measures how long that takes. */
export const backupDrill = defineOperation({
  name: 'backup.drill',
  title: 'Rehearse a restore',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ reason: commandFields.reason, ...target }),
  output: z.strictObject({ id: z.string(), drill: backupDrillResultSchema.nullable(), progress: backupProgressSchema }),
});

export const backupProgress = defineTopic({
  name: 'backup.progress',
  title: 'Backups, their checks and drills as they go on',
  permission: 'viewer',
  delivery: 'latest',
  params: z.strictObject({}),
  item: backupProgressSchema,
});
