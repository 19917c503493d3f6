import { diffEntrySchema } from '../documents/diff.ts';
import { documentKindSchema } from '../documents/document.ts';
import { defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

/** One revision of a document, beside the one before. */
export const documentChangeSchema = z.strictObject({
  /** Grows with each change of this gateway; what a page goes on from. */
  position: z.number().int(),
  kind: documentKindSchema,
  id: z.string(),
  revision: z.number().int(),
  /** Epoch ms. */
  at: z.number(),
  by: z.string(),
  reason: z.string(),
  /** The operation, or the event, that wrote it. */
  action: z.string(),
  /** Nothing was there before. */
  isNew: z.boolean(),
  isRemoved: z.boolean(),
  diff: z.array(diffEntrySchema),
});
export type DocumentChange = z.output<typeof documentChangeSchema>;

/** Changes of all documents, newest first. All parts of the filter that are given must fit. */
export const documentChanges = defineOperation({
  name: 'document.changes',
  title: 'What changed',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    kinds: z.array(documentKindSchema).min(1).optional(),
    id: z.string().optional(),
    by: z.string().optional(),
    /** Made at or after, epoch ms. */
    fromMs: z.number().optional(),
    /** Made before, epoch ms. */
    toMs: z.number().optional(),
    /** `next` of the page before. */
    before: z.number().int().positive().optional(),
    /** A page ends sooner where its differences are large. */
    limit: z.number().int().min(1).max(200).default(50),
  }),
  output: z.strictObject({
    changes: z.array(documentChangeSchema),
    /** Null: there is nothing older that fits. */
    next: z.number().int().nullable(),
  }),
});
