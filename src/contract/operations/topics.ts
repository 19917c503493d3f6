import { documentKindSchema, documentSchema } from '../documents/document.ts';
import { defineTopic } from '../operation.ts';
import { tickSchema } from '../telemetry/tick.ts';
import { z } from '../zod.ts';
import { backupProgress } from './backup.ts';
import { replayProgress } from './replay.ts';
import { auditEntrySchema } from './system.ts';
import { vendorVerdictSchema } from './verdict.ts';

export const topics = {
  'telemetry.tick': defineTopic({
    name: 'telemetry.tick',
    title: 'One second of gateway life',
    permission: 'viewer',
    delivery: 'latest',
    params: z.strictObject({}),
    item: tickSchema,
  }),
  /** First every current document, then each change. */
  'document.changed': defineTopic({
    name: 'document.changed',
    title: 'Documents and their changes',
    permission: 'viewer',
    delivery: 'lossless',
    params: z.strictObject({ kind: documentKindSchema.optional() }),
    item: documentSchema,
  }),
  'backup.progress': backupProgress,
  'replay.progress': replayProgress,
  'audit.appended': defineTopic({
    name: 'audit.appended',
    title: 'Audit entries as they are written',
    permission: 'viewer',
    delivery: 'lossless',
    params: z.strictObject({}),
    item: auditEntrySchema,
  }),
  /** First all verdicts, then each change. */
  'verdict.changed': defineTopic({
    name: 'verdict.changed',
    title: 'Us or them, as it changes',
    permission: 'viewer',
    delivery: 'lossless',
    params: z.strictObject({}),
    item: vendorVerdictSchema,
  }),
} as const;

export type Topics = typeof topics;
