import { suppressionKinds } from '../documents/consent.ts';
import { defineOperation } from '../operation.ts';
import { historySchema } from '../telemetry/history.ts';
import { ledgerSchema, ledgerStates } from '../telemetry/ledger.ts';
import { z } from '../zod.ts';

export const telemetryHistory = defineOperation({
  name: 'telemetry.history',
  title: 'Stored telemetry',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    subject: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('destination'), id: z.string() }),
      z.strictObject({ type: z.literal('source'), id: z.string() }),
      z.strictObject({ type: z.literal('gateway') }),
    ]),
    fromMs: z.number(),
    toMs: z.number(),
    /** At most this many points; the coarsest stored step that fits is used. */
    maxPoints: z.number().int().min(10).max(2000).default(300),
  }),
  output: historySchema,
});

export const ledgerRead = defineOperation({
  name: 'ledger.read',
  title: 'The ledger',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ destination: z.string().optional() }),
  output: z.strictObject({
    /** The line of history that seqs and counts belong to: a restore begins another. */
    incarnation: z.string(),
    ledgers: z.array(ledgerSchema),
    sources: z.array(
      z.strictObject({
        source: z.string(),
        received: z.number(),
        accepted: z.number(),
        duplicate: z.number(),
        malformed: z.number(),
        quarantined: z.number(),
        throttled: z.number(),
        refused: z.number(),
        balanced: z.boolean(),
      }),
    ),
  }),
});

/** What was done to an event on its way in. Absent parts: nothing was done, or nothing was known. */
export const provenanceSchema = z.strictObject({
  /** The tracking plan it was checked against, as `plan@revision`. */
  schema: z.string().optional(),
  /** How many violations it was let through with. */
  violations: z.number().optional(),
  /** Redaction rules that changed it, as `document/rule`. */
  rules: z.array(z.string()).optional(),
  /** W3C traceparent that it came with. */
  trace: z.string().optional(),
  /** Stored without its content, because the person was suppressed. */
  suppressed: z.enum(suppressionKinds).optional(),
  /** Epoch ms at which it was released from quarantine. */
  releasedAt: z.number().optional(),
  /** Message id of the dead letter that it is an edited copy of, and why it was edited. */
  parentId: z.string().optional(),
  editReason: z.string().optional(),
});
export type Provenance = z.output<typeof provenanceSchema>;

/** One time that an event was given to a destination anew. */
export const givenAgainSchema = z.strictObject({
  /** Id of the replay. */
  replay: z.string(),
  /** Its generation: that of what it minted. A dead letter that is tried again keeps its own. */
  gen: z.number().int(),
});

/** Where did my event go? One message id, its whole life at every destination. */
export const eventWhere = defineOperation({
  name: 'event.where',
  title: 'Where did my event go?',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ messageId: z.string().min(1).max(200), source: z.string().optional() }),
  output: z.strictObject({
    events: z.array(
      z.strictObject({
        seq: z.number(),
        source: z.string(),
        messageId: z.string(),
        type: z.string(),
        name: z.string(),
        receivedAt: z.number(),
        bytes: z.number(),
        provenance: provenanceSchema.optional(),
        destinations: z.array(
          z.strictObject({
            destination: z.string(),
            /** `settled`: at or below the cursor and in no side table; confirmed, accepted or dropped, see `detail`. */
            state: z.enum([...ledgerStates, 'in-flight', 'settled']),
            detail: z.string(),
            attempt: z.number().nullable(),
            nextAttemptAt: z.number().nullable(),
            dedupeKey: z.string().nullable(),
            /** Of a settled one, how it ended at last; absent where that is not known. */
            outcome: z.enum(['delivered', 'suppressed', 'dropped', 'diverted', 'expired']).optional(),
            /** Replays that gave it anew, oldest first; absent where there were none. */
            replays: z.array(givenAgainSchema).optional(),
            /** Message id of the edited copy that replaced it here. */
            child: z.string().optional(),
          }),
        ),
      }),
    ),
    /** Not in the log: kept apart, because it broke its tracking plan. Absent: nowhere. */
    quarantined: z
      .array(
        z.strictObject({
          id: z.number().int(),
          source: z.string(),
          name: z.string(),
          receivedAt: z.number(),
          plan: z.string(),
          /** Schema version it was checked against. */
          revision: z.number().int(),
        }),
      )
      .optional(),
  }),
});

export const deadLetterList = defineOperation({
  name: 'deadLetter.list',
  title: 'Dead letters of a destination',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    destination: z.string(),
    afterSeq: z.number().int().default(0),
    limit: z.number().int().min(1).max(500).default(100),
  }),
  output: z.strictObject({
    total: z.number(),
    items: z.array(
      z.strictObject({
        seq: z.number(),
        gen: z.number(),
        at: z.number(),
        attempts: z.number(),
        class: z.string(),
        detail: z.string(),
        messageId: z.string(),
        type: z.string(),
        name: z.string(),
      }),
    ),
  }),
});
