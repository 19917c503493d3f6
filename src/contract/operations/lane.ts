import { nameSchema } from '../documents/source.ts';
import { defineOperation } from '../operation.ts';
import { breakerReadingSchema, breakerStates, breakerWindowSchema, orderReadingSchema, rateReadingSchema } from '../telemetry/breaker.ts';
import { z } from '../zod.ts';

const count = z.number();

/** One user whose events wait for an earlier one of theirs. Users are not named here: message ids are. */
export const hotUserSchema = z.strictObject({
  /** Of the first event that waits. */
  messageId: z.string(),
  waiting: count,
  /** For how long the lane flowed since one of them was settled, ms. */
  blockedMs: z.number(),
});
export type HotUser = z.output<typeof hotUserSchema>;

/** What limits one destination at the moment: more than a tick tells, asked for by whoever looks at it. */
export const laneRead = defineOperation({
  name: 'lane.read',
  title: 'What limits a destination now',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ destination: nameSchema }),
  output: z.strictObject({
    breaker: breakerReadingSchema.extend({ effective: z.enum(breakerStates), window: breakerWindowSchema }),
    /** null: nothing limits it. */
    rate: rateReadingSchema.nullable(),
    /** Epoch ms until which the vendor asked to be left alone; null where it did not. */
    pausedUntil: z.number().nullable(),
    /** Events that may be sent again now, and how many more each second whatever is sent for the first time. */
    retryBudget: z.strictObject({ available: count, floorPerSecond: z.number() }),
    /** null: events go in any order. `hot`: those who wait most, at most ten. */
    order: orderReadingSchema.extend({ hot: z.array(hotUserSchema) }).nullable(),
    /** Its events go one by one, each encoded in a worker: how many more will; null where that is not so. */
    apartFor: z.number().nullable(),
  }),
});
