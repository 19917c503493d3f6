import { documentKindSchema } from '../documents/document.ts';
import { certificateSchema } from '../documents/transport.ts';
import { commandFields, defineOperation, roles } from '../operation.ts';
import { z } from '../zod.ts';

export const systemStatus = defineOperation({
  name: 'system.status',
  title: 'State of the gateway',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    version: z.string(),
    node: z.string(),
    environment: z.string(),
    startedAt: z.number(),
    dataFolder: z.string(),
    /** The line of history that seqs belong to: a restore begins another. */
    incarnation: z.string(),
    holdFile: z.string(),
    ingestUrl: z.string(),
    /** What the port for events shows, and whom it lets in, where it speaks TLS. */
    ingestCertificates: z.array(certificateSchema).optional(),
    controlUrl: z.string(),
    durability: z.enum(['fsync', 'replicated', 'memory']),
    ready: z.boolean(),
    /** Why it is not ready; empty when it is. */
    notReady: z.array(z.string()),
    /** Destinations whose ledger did not balance when last checked, with what was broken. Never expected. */
    unbalanced: z.array(z.strictObject({ destination: z.string(), violations: z.array(z.string()) })),
    /** The span in which duplicates are really recognised now, ms. */
    dedupeWindowMs: z.number(),
  }),
});

/** What a connector is, can and cannot do; drawn from its metadata. */
export const connectorList = defineOperation({
  name: 'connector.list',
  title: 'List connectors',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    connectors: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        confirms: z.boolean(),
        dedupe: z.enum(['event', 'request', 'none']),
        dedupeNote: z.string(),
        maxBatch: z.number(),
        maxBodyBytes: z.number(),
        freshnessMs: z.number().nullable(),
        messagesPeople: z.boolean(),
        notes: z.array(z.string()),
        defaultEndpoint: z.string().nullable(),
        /** JSON Schema of the settings, for a form. */
        settings: z.record(z.string(), z.unknown()),
        credential: z.array(z.strictObject({ name: z.string(), label: z.string(), multiline: z.boolean() })),
        checkable: z.boolean(),
      }),
    ),
  }),
});

export const auditEntrySchema = z.strictObject({
  seq: z.number(),
  at: z.number(),
  by: z.string(),
  /** Operation name, or an event such as `gateway.started`. */
  action: z.string(),
  target: z.string(),
  outcome: z.string(),
  reason: z.string(),
  commandId: z.string().nullable(),
  /** The revisions written with this entry and SHA-256, hex, of each (sealed text left out), so that the chain covers them. Absent where nothing was written. */
  changes: z.array(z.strictObject({ kind: documentKindSchema, id: z.string(), revision: z.number().int(), digest: z.string() })).optional(),
  /** SHA-256, hex, over the entry before and this one. */
  hash: z.string(),
});
export type AuditEntry = z.output<typeof auditEntrySchema>;

export const auditList = defineOperation({
  name: 'audit.list',
  title: 'Audit trail',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ beforeSeq: z.number().int().optional(), limit: z.number().int().min(1).max(1000).default(200) }),
  output: z.strictObject({ entries: z.array(auditEntrySchema) }),
});

export const auditVerify = defineOperation({
  name: 'audit.verify',
  title: 'Verify the audit chain',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({ intact: z.boolean(), entries: z.number(), brokenAt: z.number().nullable(), head: z.string() }),
});

/** What became of a command whose reply was lost. */
export const commandOutcome = defineOperation({
  name: 'command.outcome',
  title: 'Outcome of a command',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ commandId: z.string().min(8).max(64) }),
  output: z.strictObject({ action: z.string(), target: z.string(), at: z.number(), outcome: z.string() }),
});

export const operationList = defineOperation({
  name: 'operation.list',
  title: 'List operations',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    operations: z.array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        kind: z.enum(['query', 'command']),
        permission: z.enum(roles),
        danger: z.string(),
        audience: z.string(),
        input: z.record(z.string(), z.unknown()),
      }),
    ),
    topics: z.array(z.strictObject({ name: z.string(), title: z.string(), delivery: z.string() })),
  }),
});

export const auditNote = defineOperation({
  name: 'audit.note',
  title: 'Add the reason for an earlier command',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...commandFields, target: z.string().max(300), note: z.string().trim().min(1).max(500) }),
  output: z.strictObject({ seq: z.number() }),
});
