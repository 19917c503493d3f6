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
      /** Unsettled events older than the vendor accepts. */
      tooOld: count,
      /** Uncertain events that the vendor cannot dedupe: may arrive twice. */
      possiblyTwice: count,
      /** ms until the backlog budget is full at the present rate; null if it never fills. */
      budgetFullInMs: z.number().nullable(),
      /** ms to drain the backlog at the pace chosen; null if unknown. */
      drainEtaMs: z.number().nullable(),
      messagesPeople: z.boolean(),
    }),
  ),
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
    /** drop: also what is waiting now. */
    includeBacklog: z.boolean().default(false),
    /** flow: what to do with the backlog. */
    backlog: backlogChoiceSchema.optional(),
    pacePerSecond: z.number().positive().max(1_000_000).optional(),
    /** drop, discard, or opening to a vendor that messages people: the scope's label, typed. */
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
