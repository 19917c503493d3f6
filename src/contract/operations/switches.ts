import { nameSchema } from '../documents/source.ts';
import { backlogChoiceSchema, switchModes, switchScopeSchema } from '../documents/switch.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const count = z.number().int().nonnegative();

/** What a command would touch, per destination in its scope. */
export const blastRadiusSchema = z.strictObject({
  destinations: z.array(
    z.strictObject({
      destination: z.string(),
      eventsPerMinute: z.number(),
      inFlight: count,
      waiting: count,
      held: count,
      retrying: count,
      /** Replays under way give it up to so many events besides, once it flows. */
      replaysLeft: count.optional(),
      /** Unsettled events older than the vendor accepts. */
      tooOld: count,
      /** Uncertain events that the vendor cannot dedupe: may arrive twice. */
      possiblyTwice: count,
      /** ms until the backlog budget is full at the present rate; null if it never fills. */
      budgetFullInMs: z.number().nullable(),
      /** ms to drain the backlog at the pace chosen; null if unknown. */
      drainEtaMs: z.number().nullable(),
      messagesPeople: z.boolean(),
      /** drop, divert, sample: of what waits, is held or retried, so many events are decided at once because the backlog is included. */
      backlogTaken: count.optional(),
      /** drop, sample: events a minute that will be lost, at the present rate. */
      lostPerMinute: z.number().optional(),
      /** divert: events a minute that go to the target instead. What it gets by its own route it does not get twice. */
      divertedPerMinute: z.number().optional(),
    }),
  ),
  /** divert: who gets the events. */
  target: z
    .strictObject({
      destination: z.string(),
      /** Why it cannot deliver now, empty where it can; what it is given waits there. */
      why: z.string(),
      eventsPerMinute: z.number(),
      waiting: count,
      messagesPeople: z.boolean(),
    })
    .optional(),
});
export type BlastRadius = z.output<typeof blastRadiusSchema>;

/** Proof that a switch took effect. Times are epoch ms with fractions. */
export const switchProofSchema = z.strictObject({
  revision: count,
  /** When the gateway had the command. */
  receivedAt: z.number(),
  nodes: z.array(
    z.strictObject({
      node: z.string(),
      inForceAt: z.number(),
      durableAt: z.number().nullable(),
      /** Requests in flight at `inForceAt`, within the scope. */
      inFlight: count,
      /** Of those: answered before the drain deadline. */
      drained: count,
      /** Of those: aborted or unanswered; the vendor may or may not have them. */
      uncertain: count,
      /** Of those: still in flight when this was written. */
      pending: count,
      /** Requests whose first byte left after `inForceAt`. Must be 0. */
      escaped: count,
      /** The last event sent before it took effect. */
      lastSent: z.strictObject({ destination: z.string(), messageId: z.string(), at: z.number() }).nullable(),
    }),
  ),
});
export type SwitchProof = z.output<typeof switchProofSchema>;

export const switchSet = defineOperation({
  name: 'switch.set',
  title: 'Set a kill switch',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({
    ...commandFields,
    scope: switchScopeSchema,
    mode: z.enum(switchModes),
    /** Restore `flow` after this long, ms. */
    forMs: z
      .number()
      .int()
      .min(1000)
      .max(30 * 86_400_000)
      .optional(),
    /** drop, divert, sample: also what is waiting, held or retried now. */
    includeBacklog: z.boolean().default(false),
    /** divert: the destination that gets the events instead. */
    to: nameSchema.optional(),
    /** sample: the share that is still sent. */
    share: z.number().gt(0).lt(1).optional(),
    /** flow: what to do with the backlog. */
    backlog: backlogChoiceSchema.optional(),
    pacePerSecond: z.number().positive().max(1_000_000).optional(),
    /** What loses events (drop, sample, discard) or may message people (opening or diverting to such a vendor): the scope's label, typed. */
    confirm: z.string().max(300).optional(),
  }),
  output: z.strictObject({ preview: blastRadiusSchema, proof: switchProofSchema.nullable() }),
});

/** The proof again, as what was in flight drains. */
export const switchProof = defineOperation({
  name: 'switch.proof',
  title: 'Proof of a kill switch',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ id: z.string() }),
  output: switchProofSchema,
});
