/** Dead letters, replays and the life of one event. */
import { guardrailsSchema } from '../documents/guardrail.ts';
import {
  eventsSelectionSchema,
  letterFilterSchema,
  lettersSelectionSchema,
  replayCountsSchema,
  replayStates,
} from '../documents/replay.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation, defineTopic } from '../operation.ts';
import { z } from '../zod.ts';
import { violationSchema } from './pipeline.ts';
import { givenAgainSchema, provenanceSchema } from './watching.ts';

const seq = z.number().int().positive();
const count = z.number().int().nonnegative();
const changed = z.strictObject({ revision: z.number().int() });

/** A dead letter. At one destination an event has one at most, so its seq names it. */
export const letterSchema = z.strictObject({
  seq,
  /** 0: the first time that it was given to the destination. */
  gen: count,
  /** When it died, epoch ms. */
  at: z.number(),
  attempts: count,
  class: z.string(),
  /** The vendor's last answer, masked. */
  detail: z.string(),
  messageId: z.string(),
  source: z.string(),
  type: z.string(),
  name: z.string(),
  /** Epoch ms; 0 where the body is gone. */
  receivedAt: z.number(),
  bytes: count,
});
export type Letter = z.output<typeof letterSchema>;

export const deadLetterSearch = defineOperation({
  name: 'deadLetter.search',
  title: 'Search dead letters',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    destination: nameSchema,
    filter: letterFilterSchema.prefault({}),
    /** Only the one of this event. */
    messageId: z.string().min(1).max(200).optional(),
    /** Goes on below this seq: the newest come first. */
    beforeSeq: seq.optional(),
    limit: z.number().int().min(1).max(500).default(100),
    /** Whether to count all that fit, by class and name. */
    facets: z.boolean().default(true),
  }),
  output: z.strictObject({
    /** All dead letters of the destination. */
    dead: count,
    /** How many fit, by class and by name (at most 200 of each), most first; null where it was not asked for. */
    facets: z
      .strictObject({
        total: count,
        classes: z.array(z.strictObject({ class: z.string(), events: count })),
        names: z.array(z.strictObject({ name: z.string(), events: count })),
      })
      .nullable(),
    letters: z.array(letterSchema),
    /** `beforeSeq` of the next page; null at the end. */
    next: seq.nullable(),
  }),
});

/** A change of an event's properties, traits and context: an RFC 7396 merge patch, or RFC 6902 operations. */
export const editSchema = z.union([
  z.strictObject({
    merge: z.strictObject({
      properties: z.record(z.string(), z.unknown()).optional(),
      traits: z.record(z.string(), z.unknown()).optional(),
      context: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  z.strictObject({
    patch: z
      .array(
        z.discriminatedUnion('op', [
          z.strictObject({ op: z.literal('add'), path: z.string().max(1000), value: z.unknown() }),
          z.strictObject({ op: z.literal('replace'), path: z.string().max(1000), value: z.unknown() }),
          z.strictObject({ op: z.literal('test'), path: z.string().max(1000), value: z.unknown() }),
          z.strictObject({ op: z.literal('remove'), path: z.string().max(1000) }),
          z.strictObject({ op: z.literal('move'), path: z.string().max(1000), from: z.string().max(1000) }),
          z.strictObject({ op: z.literal('copy'), path: z.string().max(1000), from: z.string().max(1000) }),
        ]),
      )
      .min(1)
      .max(100),
  }),
]);
export type Edit = z.output<typeof editSchema>;

/** What would become of an event if it were sent now. Made without the credential. */
export const rehearsalSchema = z.strictObject({
  /**
   * sent: a request would leave. refused: the connector would not encode it. blocked: it breaks its tracking plan.
   * held, dropped: by a switch. suppressed: by consent or suppression. parked: the whole lane is.
   */
  verdict: z.enum(['sent', 'refused', 'blocked', 'held', 'dropped', 'suppressed', 'parked']),
  /** In an operator's words; empty where it would be sent. */
  detail: z.string(),
  /** Texts and numbers masked; no credential, no query values. Null where there would be none. */
  request: z
    .strictObject({
      method: z.string(),
      url: z.string(),
      headers: z.array(z.string()),
      bytes: count,
      body: z.unknown(),
    })
    .nullable(),
  /** What the tracking plan of its source says today; null without one. */
  plan: z.strictObject({ verdict: z.string(), violations: z.array(violationSchema) }).nullable(),
  /** Fields that the destination does not get. */
  removed: z.array(z.string()),
  /** Older than the vendor takes. */
  tooOld: z.boolean(),
  dedupeKey: z.string().nullable(),
});
export type Rehearsal = z.output<typeof rehearsalSchema>;

export const deadLetterInspect = defineOperation({
  name: 'deadLetter.inspect',
  title: 'Look at a dead letter',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ destination: nameSchema, seq }),
  output: z.strictObject({
    letter: letterSchema,
    /** The event with every text and number masked; null where the body is gone. */
    masked: z.unknown(),
    provenance: provenanceSchema.nullable(),
    dedupeKey: z.string().nullable(),
    dedupe: z.enum(['event', 'request', 'none']),
    /** How the vendor recognises a resend, and for how long. */
    dedupeNote: z.string(),
    replays: z.array(givenAgainSchema),
  }),
});

/** What would be sent, or why not. Nothing is sent or stored. */
export const deadLetterDryRun = defineOperation({
  name: 'deadLetter.dryRun',
  title: 'Rehearse a dead letter',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ destination: nameSchema, seq, edit: editSchema.optional() }),
  output: rehearsalSchema,
});

/**
 * Makes a new event of a dead letter, for this destination alone, with its own message id and dedupe key, and
 * settles the original as dropped. Asks for a reason; it stays with the new event.
 */
export const deadLetterEdit = defineOperation({
  name: 'deadLetter.edit',
  title: 'Edit a dead letter and send it',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, destination: nameSchema, seq, edit: editSchema }),
  output: z.strictObject({
    /** Of the new event; null in a dry run. */
    messageId: z.string().nullable(),
    rehearsal: rehearsalSchema,
  }),
});

/** Settles dead letters as dropped, for ever. `confirm`: the destination, typed. */
export const deadLetterDiscard = defineOperation({
  name: 'deadLetter.discard',
  title: 'Discard dead letters',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  input: z.strictObject({
    ...commandFields,
    destination: nameSchema,
    which: z.union([z.strictObject({ seqs: z.array(seq).min(1).max(1000) }), z.strictObject({ filter: letterFilterSchema })]),
    confirm: z.string().max(100).optional(),
  }),
  output: z.strictObject({
    /** Now dropped (in a dry run: would be). */
    discarded: count,
    classes: z.array(z.strictObject({ class: z.string(), events: count })),
  }),
});

/** What a replay would touch. */
export const replayPreviewSchema = z.strictObject({
  /** Events that would be given anew. */
  selected: count,
  /** True where not all were looked at, and the counts are reckoned from the first ones. */
  isEstimate: z.boolean(),
  /** Of those: dead letters. The rest is settled, or was filtered. */
  dead: count,
  /** In the selection, and left alone: they wait, are held or are retried, and are sent without a replay. */
  leftAlone: count,
  duplicates: z.strictObject({
    dedupe: z.enum(['event', 'request', 'none']),
    /** How long the vendor recognises a resend, ms; null where it does not say. */
    windowMs: z.number().nullable(),
    /** Events that the vendor has, or may have. */
    mayHave: count,
    /** Of those: the vendor cannot be relied on to recognise them. */
    atRisk: count,
    note: z.string(),
  }),
  /** Older than the vendor takes, by when they were received. */
  tooOld: count,
  /** What switches and consent say today of the first events of the selection. */
  today: z.strictObject({ lookedAt: count, held: count, dropped: count, suppressed: count }),
  /** ms at the pace asked for, or at the best the lane did lately; null while nothing flows. */
  etaMs: z.number().nullable(),
  messagesPeople: z.boolean(),
});
export type ReplayPreview = z.output<typeof replayPreviewSchema>;

/** What a replay is asked to give anew. */
export const replayRequestSchema = z.discriminatedUnion('type', [
  eventsSelectionSchema,
  lettersSelectionSchema,
  /** By message id, at this destination. */
  z.strictObject({ type: z.literal('messages'), messageIds: z.array(z.string().min(1).max(200)).min(1).max(200) }),
  /** By seq, or by when events were received. What is absent is open. */
  z.strictObject({
    type: z.literal('range'),
    fromSeq: seq.optional(),
    throughSeq: seq.optional(),
    fromMs: z.number().int().nonnegative().optional(),
    toMs: z.number().int().nonnegative().optional(),
    source: nameSchema.optional(),
    event: z.string().min(1).max(200).optional(),
    includeFiltered: z.boolean().default(false),
  }),
]);

/** Needs a reason; for a vendor that messages people also `confirm`: the destination, typed. */
export const replayStart = defineOperation({
  name: 'replay.start',
  title: 'Replay events',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({
    ...commandFields,
    destination: nameSchema,
    selection: replayRequestSchema,
    /** Events a second. */
    pacePerSecond: z.number().positive().max(100_000).default(100),
    /** Pause it when breached. A time before is not measured here. */
    guardrails: guardrailsSchema.optional(),
    confirm: z.string().max(100).optional(),
  }),
  /** `id`: null in a dry run. */
  output: z.strictObject({ id: z.string().nullable(), revision: z.number().int(), preview: replayPreviewSchema }),
});

const steer = z.strictObject({ ...commandFields, id: nameSchema });

export const replayPause = defineOperation({
  name: 'replay.pause',
  title: 'Pause a replay',
  kind: 'command',
  permission: 'operator',
  input: steer,
  output: changed,
});

/** Goes on, at another pace where one is given. Also changes the pace of a running one. */
export const replayResume = defineOperation({
  name: 'replay.resume',
  title: 'Resume a replay',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({ ...steer.shape, pacePerSecond: z.number().positive().max(100_000).optional() }),
  output: changed,
});

/** Gives nothing more anew. What it did not reach stays as it is. */
export const replayCancel = defineOperation({
  name: 'replay.cancel',
  title: 'Cancel a replay',
  kind: 'command',
  permission: 'operator',
  input: steer,
  output: changed,
});

/** Where a replay stands. */
export const replayReadingSchema = z.strictObject({
  id: z.string(),
  destination: z.string(),
  state: z.enum(replayStates),
  selected: count,
  counts: replayCountsSchema,
  pacePerSecond: z.number(),
  /** Events given anew a second, lately. */
  perSecond: z.number(),
  /** ms until all is given anew, at the rate of late; null while it stands still. */
  etaMs: z.number().nullable(),
  /** Why it stands still although it runs, e.g. the lane is parked; which guardrail paused it; empty otherwise. */
  waitsFor: z.string(),
});
export type ReplayReading = z.output<typeof replayReadingSchema>;

export const replayList = defineOperation({
  name: 'replay.list',
  title: 'Replays and how far they are',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ destination: nameSchema.optional() }),
  output: z.strictObject({
    /** Newest first. */
    replays: z.array(
      z.strictObject({
        by: z.string(),
        reason: z.string(),
        startedAt: z.number(),
        endedAt: z.number().nullable(),
        reading: replayReadingSchema,
      }),
    ),
  }),
});

/** Once a second while any replay runs, and once when one ends. */
export const replayProgress = defineTopic({
  name: 'replay.progress',
  title: 'Progress of replays',
  permission: 'viewer',
  delivery: 'latest',
  params: z.strictObject({}),
  item: z.strictObject({ at: z.number(), replays: z.array(replayReadingSchema) }),
});
