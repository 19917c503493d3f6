import { destinationSchema } from '../documents/destination.ts';
import { documentKindSchema, documentSchema } from '../documents/document.ts';
import { settingsSchema } from '../documents/settings.ts';
import { nameSchema, sourceSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const changed = z.strictObject({ revision: z.number().int() });

export const documentList = defineOperation({
  name: 'document.list',
  title: 'List documents',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ kind: documentKindSchema.optional() }),
  output: z.strictObject({ documents: z.array(documentSchema) }),
});

export const documentHistory = defineOperation({
  name: 'document.history',
  title: 'History of a document',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ kind: documentKindSchema, id: z.string(), limit: z.number().int().min(1).max(500).default(100) }),
  output: z.strictObject({ revisions: z.array(documentSchema) }),
});

export const documentRevert = defineOperation({
  name: 'document.revert',
  title: 'Revert a document to an earlier revision',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, kind: documentKindSchema, id: z.string(), toRevision: z.number().int().positive() }),
  output: changed,
});

/** How documents differ from what the configuration file declares. */
export const documentDrift = defineOperation({
  name: 'document.drift',
  title: 'Drift from the configuration file',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    drift: z.array(
      z.strictObject({
        kind: documentKindSchema,
        id: z.string(),
        path: z.string(),
        file: z.unknown(),
        now: z.unknown(),
        by: z.string(),
        at: z.number(),
      }),
    ),
  }),
});

export const sourcePut = defineOperation({
  name: 'source.put',
  title: 'Add or change a source',
  kind: 'command',
  permission: 'admin',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: nameSchema, value: sourceSchema }),
  output: changed,
});

export const sourceRemove = defineOperation({
  name: 'source.remove',
  title: 'Remove a source',
  kind: 'command',
  permission: 'admin',
  danger: 'critical',
  input: z.strictObject({ ...commandFields, id: nameSchema, confirm: z.string().optional() }),
  output: changed,
});

export const destinationPut = defineOperation({
  name: 'destination.put',
  title: 'Add or change a destination',
  kind: 'command',
  permission: 'admin',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: nameSchema, value: destinationSchema }),
  output: changed,
});

export const destinationRemove = defineOperation({
  name: 'destination.remove',
  title: 'Remove a destination',
  kind: 'command',
  permission: 'admin',
  danger: 'critical',
  input: z.strictObject({ ...commandFields, id: nameSchema, confirm: z.string().optional() }),
  output: changed,
});

/** Says who looks after a destination at the moment; null releases it. */
export const destinationClaim = defineOperation({
  name: 'destination.claim',
  title: 'Claim a destination',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...commandFields, id: nameSchema, owner: z.string().trim().max(100).nullable() }),
  output: changed,
});

export const settingsPut = defineOperation({
  name: 'settings.put',
  title: 'Change gateway settings',
  kind: 'command',
  permission: 'admin',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, value: settingsSchema }),
  output: changed,
});
