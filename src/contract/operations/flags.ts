/** Feature flags: changing them, and what they come to for somebody. */
import { flagKeySchema, flagSchema } from '../documents/flag.ts';
import { staleReasons } from '../documents/flag-stale.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const changed = z.strictObject({ revision: z.number().int() });

export const flagPut = defineOperation({
  name: 'flag.put',
  title: 'Add or change a flag',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: flagKeySchema, value: flagSchema }),
  output: changed,
});

/** One click: the variant that everybody gets where no targeting decides, or the flag as a whole. */
export const flagSet = defineOperation({
  name: 'flag.set',
  title: 'Switch a flag',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({
    ...commandFields,
    id: flagKeySchema,
    defaultVariant: z.string().max(100).optional(),
    state: z.enum(['ENABLED', 'DISABLED']).optional(),
  }),
  output: changed,
});

export const flagRemove = defineOperation({
  name: 'flag.remove',
  title: 'Remove a flag',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  input: z.strictObject({ ...commandFields, id: flagKeySchema, confirm: z.string().optional() }),
  output: changed,
});

/** The reasons are OpenFeature's. */
export const evaluationSchema = z.strictObject({
  value: z.unknown(),
  variant: z.string().nullable(),
  reason: z.string(),
  /** OpenFeature's error code where the reason is ERROR; null otherwise. */
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
});

/** What a flag in force, or `value`, comes to in a context. Changes nothing. */
export const flagEvaluate = defineOperation({
  name: 'flag.evaluate',
  title: 'Try a flag',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ id: flagKeySchema, value: flagSchema.optional(), context: z.record(z.string(), z.unknown()).default({}) }),
  output: evaluationSchema,
});

/** When flags were last asked for, by apps or by a destination's rollout, and which of them are stale. */
export const flagUsage = defineOperation({
  name: 'flag.usage',
  title: 'See when flags were last asked for',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    /** Since when this is watched, epoch ms. */
    since: z.number(),
    flags: z.array(
      z.strictObject({
        id: flagKeySchema,
        /** Null: nobody asked since `since`. */
        evaluatedAt: z.number().nullable(),
        stale: z.array(z.enum(staleReasons)),
      }),
    ),
  }),
});
