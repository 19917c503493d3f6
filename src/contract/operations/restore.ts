/** Restore points: making, comparing and bringing them back; and carrying a set-up to another gateway as one file. */
import { diffEntrySchema } from '../documents/diff.ts';
import { documentKindSchema } from '../documents/document.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';
import { blastRadiusSchema } from './switches.ts';

const count = z.number().int().nonnegative();
const pointId = z.string().min(1).max(100);

/** A state that the control documents are, or were, in. */
export const momentSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('now') }),
  z.strictObject({ type: z.literal('point'), id: pointId }),
  /** As it was at this time, epoch ms. */
  z.strictObject({ type: z.literal('time'), at: z.number() }),
]);
export type Moment = z.output<typeof momentSchema>;

/** Names of documents. */
export const selectionSchema = z.array(z.strictObject({ kind: documentKindSchema, id: z.string().min(1).max(300) })).max(10_000);

/** One document that is not the same in both states. */
export const changedDocumentSchema = z.strictObject({
  kind: documentKindSchema,
  id: z.string(),
  /** From the first state to the second. */
  change: z.enum(['added', 'removed', 'changed']),
  /** Whether bringing the second state back writes it; false: it is only shown. */
  isRestorable: z.boolean(),
  entries: z.array(diffEntrySchema),
  /** There is more to tell than one answer holds: `entries` is empty. */
  isCut: z.boolean(),
  /** Who last changed it, and when, up to the later of the two states. */
  by: z.string(),
  at: z.number(),
});
export type ChangedDocument = z.output<typeof changedDocumentSchema>;

export const comparisonSchema = z.strictObject({
  documents: z.array(changedDocumentSchema),
  /** Credentials that are not as they were. A secret is never brought back: somebody must bind it. */
  credentials: z.array(
    z.strictObject({
      destination: z.string(),
      /** Version in the second state; null: there was none, or (of a file) any will do. */
      needs: count.nullable(),
      /** Version in the first state; null: there is none. */
      has: count.nullable(),
    }),
  ),
  /** The audit entry up to which this is known; `seenSeq` of what is applied after somebody looked at it. */
  seq: count,
});
export type Comparison = z.output<typeof comparisonSchema>;

const { expectedRevision: _ofOneDocument, ...common } = commandFields;

const toBeApplied = {
  ...common,
  /** What to bring back; absent: everything that differs. */
  documents: selectionSchema.optional(),
  /** `seq` of the dry run that was looked at: where something chosen was changed since, DOCUMENT_CONFLICT. */
  seenSeq: count.optional(),
  confirm: z.string().max(300).optional(),
};

const applied = z.strictObject({
  /** From now to what is brought back; only what was chosen. */
  comparison: comparisonSchema,
  /** Destinations whose documents change, with what waits there. */
  radius: blastRadiusSchema,
  /** Of these the waiting events are dropped, because they are removed. */
  removedDestinations: z.array(z.string()),
  written: count,
  /** The automatic restore point made before; bringing it back is the undo. null: a dry run, or nothing differed. */
  undo: z.string().nullable(),
  /** The audit entry it was written with: `seenSeq` of an undo that must overwrite nothing newer. null with `undo`. */
  writtenSeq: count.nullable(),
});
export type Applied = z.output<typeof applied>;

export const restorePointCreate = defineOperation({
  name: 'restorePoint.create',
  title: 'Make a restore point',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...common, name: z.string().trim().min(1).max(100) }),
  output: z.strictObject({ id: z.string(), revision: count }),
});

export const restorePointList = defineOperation({
  name: 'restorePoint.list',
  title: 'List restore points',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    /** Newest first. */
    points: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        automatic: z.boolean(),
        takenAt: z.number(),
        by: z.string(),
        reason: z.string(),
        revision: count,
        /** Documents that bringing it back would write. */
        differing: count,
      }),
    ),
  }),
});

export const restorePointDiff = defineOperation({
  name: 'restorePoint.diff',
  title: 'Compare two states of the set-up',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ from: momentSchema, to: momentSchema.default({ type: 'now' }) }),
  output: comparisonSchema,
});

export const restorePointApply = defineOperation({
  name: 'restorePoint.apply',
  title: 'Bring back a restore point',
  kind: 'command',
  permission: 'admin',
  danger: 'critical',
  input: z.strictObject({ ...toBeApplied, id: pointId }),
  output: applied,
});

export const restorePointRemove = defineOperation({
  name: 'restorePoint.remove',
  title: 'Remove a restore point',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: pointId }),
  output: z.strictObject({ revision: count }),
});

/** `kind.field.field`: a field that differs from gateway to gateway, such as `destination.endpoint` or `source.writeKey`. */
export const fieldToLeaveOutSchema = z
  .string()
  .max(200)
  .regex(/^[a-z-]+(\.[A-Za-z0-9_-]+)+$/, 'must be a kind and a field, such as destination.endpoint');
const leaveOut = z.array(fieldToLeaveOutSchema).max(100).default([]);

/** Longest text of a set-up, in characters. */
export const longestSetup = 2 * 1024 * 1024;

/** The whole set-up, or a part, as one YAML text. Never a secret, never who did something. */
export const restorePointExport = defineOperation({
  name: 'restorePoint.export',
  title: 'Export the set-up',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    of: momentSchema.default({ type: 'now' }),
    documents: selectionSchema.optional(),
    /** Fields that stay here; whoever imports the file keeps their own. */
    leaveOut,
  }),
  output: z.strictObject({ text: z.string(), documents: count, credentials: count }),
});

/** Adds and changes what the file holds. What is here and not in the file stays. */
export const restorePointImport = defineOperation({
  name: 'restorePoint.import',
  title: 'Import a set-up',
  kind: 'command',
  permission: 'admin',
  danger: 'critical',
  input: z.strictObject({
    ...toBeApplied,
    text: z.string().min(1).max(longestSetup),
    /** Fields that stay as they are here, beside those that the file leaves out. */
    leaveOut,
  }),
  output: applied.extend({
    /** Environment that the file comes from. */
    from: z.string(),
    exportedAt: z.string(),
  }),
});
