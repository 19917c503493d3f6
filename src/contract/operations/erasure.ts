/**
 * Erasing a person, handing a person's data out, and how long data is kept. Ids of people are typed in here and
 * appear in no answer, document or audit entry; there people are keyed hashes.
 */
import { suppressionKinds } from '../documents/consent.ts';
import { erasureSchema } from '../documents/erasure.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const personId = z.string().min(1).max(512);
/** By one of the ids, or both. */
const person = { userId: personId.optional(), anonymousId: personId.optional() };
const isNamed = ({ userId, anonymousId }: { userId?: string | undefined; anonymousId?: string | undefined }) =>
  userId !== undefined || anonymousId !== undefined;
const needsName = { error: 'name the person by userId, anonymousId or both' };
const changed = z.strictObject({ revision: z.number().int() });
const erasureId = z.string().min(1).max(40);

/** Irrevocable. Answers once it is written down; `document.changed` of kind `erasure` tells how it goes. */
export const erasureRequest = defineOperation({
  name: 'erasure.request',
  title: 'Erase a person',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  input: z
    .strictObject({
      ...commandFields,
      ...person,
      alsoSuppress: z.boolean().default(true),
      /** `erase`. */
      confirm: z.string().optional(),
    })
    .refine(isNamed, needsName),
  output: z.strictObject({
    /** Of the erasure document: a keyed hash. */
    id: z.string(),
    revision: z.number().int(),
    /** Only in a dry run; null otherwise. */
    preview: z
      .strictObject({
        /** Events of the person found in the log, and whether all of the log was looked at in the time there was. */
        events: z.number(),
        isComplete: z.boolean(),
        quarantined: z.number(),
        /** Obligations that would end as suppressed, by destination. Waiting ones are among the events. */
        lanes: z.array(z.strictObject({ destination: z.string(), retrying: z.number(), dead: z.number(), held: z.number() })),
        /** What each destination's vendor would be asked, or what a person must do there. */
        vendors: z.array(
          z.strictObject({ destination: z.string(), connector: z.string(), isAsked: z.boolean(), suggestedAction: z.string() }),
        ),
      })
      .nullable(),
  }),
});

export const erasureList = defineOperation({
  name: 'erasure.list',
  title: 'Erasures',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    ...person,
    state: z.enum(['running', 'attention', 'done']).optional(),
    /** Id of the last one seen. */
    after: z.string().max(40).default(''),
    limit: z.number().int().min(1).max(500).default(100),
  }),
  output: z.strictObject({
    total: z.number(),
    erasures: z.array(z.strictObject({ id: z.string(), revision: z.number().int(), value: erasureSchema })),
  }),
});

/** Asks a vendor again that failed, after what it complained of was put right. Without `destination`: all that failed. */
export const erasureRetry = defineOperation({
  name: 'erasure.retry',
  title: 'Ask vendors again to erase a person',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: erasureId, destination: nameSchema.optional() }),
  output: changed,
});

/** A person saw to it at the vendor by hand. */
export const erasureSettle = defineOperation({
  name: 'erasure.settle',
  title: 'Say that a vendor’s erasure was done by hand',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: erasureId, destination: nameSchema }),
  output: changed,
});

/** An event as it is held, whole. */
const eventJson = z.record(z.string(), z.unknown());

const personalItem = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    /** The keyed hashes that stand for the person. */
    people: z.array(z.string()),
    consent: z.array(z.strictObject({ person: z.string(), category: z.string(), granted: z.boolean(), at: z.number() })),
    suppressed: z.array(z.strictObject({ person: z.string(), kind: z.enum(suppressionKinds), at: z.number() })),
  }),
  z.strictObject({
    kind: z.literal('event'),
    seq: z.number(),
    source: z.string(),
    receivedAt: z.number(),
    event: eventJson,
    /** Destinations that it is still owed to, as retrying, dead or held. */
    destinations: z.array(z.strictObject({ destination: z.string(), state: z.string() })),
  }),
  z.strictObject({
    kind: z.literal('quarantined'),
    source: z.string(),
    receivedAt: z.number(),
    plan: z.string(),
    event: eventJson,
  }),
  z.strictObject({ kind: z.literal('erasure'), id: z.string(), value: erasureSchema }),
]);
export type PersonalItem = z.output<typeof personalItem>;

/**
 * Everything held of one person, in pages. For the desk audience only: a page in a console must not see it. The first
 * page of an export is audited.
 */
export const personExport = defineOperation({
  name: 'person.export',
  title: 'Export a person’s data',
  kind: 'query',
  permission: 'admin',
  audience: 'desk',
  input: z
    .strictObject({
      ...person,
      /** `next` of the page before; absent: the first. */
      after: z.string().max(80).optional(),
      /** Why, for the audit. Looked at with the first page. */
      reason: z.string().trim().max(500).optional(),
    })
    .refine(isNamed, needsName),
  output: z.strictObject({
    items: z.array(personalItem),
    /** null: that was all. A page may be empty and not the last. */
    next: z.string().nullable(),
  }),
});

export const retentionClasses = ['log', 'quarantine', 'deadLetters', 'audit', 'telemetry', 'erasures', 'records'] as const;
const limits = z.strictObject({ ageMs: z.number().nullable(), bytes: z.number().nullable(), items: z.number().nullable() });

export const retentionRead = defineOperation({
  name: 'retention.read',
  title: 'How long data is kept',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    classes: z.array(
      z.strictObject({
        class: z.enum(retentionClasses),
        /** Of dead letters: whose. */
        destination: z.string().nullable(),
        /** Epoch ms of the oldest that is there; null where there is none, or nobody counted. */
        keptSince: z.number().nullable(),
        items: z.number().nullable(),
        bytes: z.number().nullable(),
        /** All null: never purged. */
        limit: limits,
        /** Epoch ms at which something is next looked at or due; null: never. */
        nextPurgeAt: z.number().nullable(),
      }),
    ),
  }),
});

/** Ends or deletes what is older than `olderThanMs`, ahead of its time. Never the audit. */
export const retentionPurge = defineOperation({
  name: 'retention.purge',
  title: 'Purge old data',
  kind: 'command',
  permission: 'admin',
  danger: 'critical',
  input: z.strictObject({
    ...commandFields,
    class: z.enum(retentionClasses).exclude(['audit']),
    /** Of dead letters: only this destination’s. */
    destination: nameSchema.optional(),
    /** An age, ms. */
    olderThanMs: z.number().int().nonnegative(),
    /** `purge`. */
    confirm: z.string().optional(),
  }),
  output: z.strictObject({
    /** Things that went, or would go. Of the log: events. */
    items: z.number(),
    /** Bytes that they took; null where nobody counted. */
    bytes: z.number().nullable(),
  }),
});
