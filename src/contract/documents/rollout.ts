/**
 * A rollout drives a flag: step by step it gives a variant to more people, as long as its guardrails hold. How it moves is told
 * in the gateway (rollouts/machine.ts).
 */
import { z } from '../zod.ts';
import { flagKeySchema } from './flag.ts';
import { baselineSchema, guardrailsSchema, judgementSchema } from './guardrail.ts';

export const rolloutIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/);

export const rolloutStepsSchema = z
  .array(
    z.strictObject({
      /** Of everybody whom no segment takes. */
      percent: z.number().gt(0).max(100),
      /** At least this long before the next step, ms. */
      soakMs: z
        .number()
        .int()
        .min(0)
        .max(30 * 86_400_000),
    }),
  )
  .min(1)
  .max(20)
  .refine(
    (steps) => steps.every(({ percent }, index) => percent > (steps[index - 1]?.percent ?? 0)),
    'each step must be larger than the one before',
  );

/**
 * running: moves by itself. paused: stays where it is; its guardrails still take it back. reverted: the flag is as it was before.
 * done: the last step held. cancelled: somebody changed the flag, which ends the rollout.
 */
export const rolloutStates = ['running', 'paused', 'reverted', 'done', 'cancelled'] as const;

export const rolloutDeeds = ['started', 'advanced', 'paused', 'resumed', 'reverted', 'finished', 'stopped'] as const;

/** One thing that happened, with what the guardrails said then. */
export const rolloutEntrySchema = z.strictObject({
  at: z.number(),
  /** `rollout` where it moved by itself. */
  by: z.string(),
  did: z.enum(rolloutDeeds),
  /** Index of the step it was at afterwards. */
  step: z.number().int(),
  /** Share of the variant afterwards; null where a person's value holds. */
  percent: z.number().nullable(),
  why: z.string(),
  /** One for each guardrail; empty where none was asked. */
  judged: z.array(judgementSchema),
});
export type RolloutEntry = z.output<typeof rolloutEntrySchema>;

export const rolloutSchema = z.strictObject({
  flag: flagKeySchema,
  variant: z.string(),
  steps: rolloutStepsSchema,
  guardrails: guardrailsSchema,
  /** One for each guardrail; null where it is not held against the time before. */
  baselines: z.array(baselineSchema.nullable()),
  state: z.enum(rolloutStates),
  /** Index into `steps`. */
  step: z.number().int().nonnegative(),
  /** Epoch ms since when it is at this step and state. */
  since: z.number(),
  startedAt: z.number(),
  /** Revision of the flag that a revert restores. */
  before: z.number().int().positive(),
  /** Revision of the flag that the rollout wrote last. Any later one is somebody else's. */
  written: z.number().int().positive(),
  /** Why it is in this state, in an operator's words. */
  why: z.string(),
  /** Oldest first; of a long story the last hundred. */
  evidence: z.array(rolloutEntrySchema),
  demo: z.boolean().default(false),
});
export type Rollout = z.output<typeof rolloutSchema>;

/** Whether it still holds the flag: there is at most one such for each. */
export function isActive({ state }: Pick<Rollout, 'state'>): boolean {
  return state === 'running' || state === 'paused';
}
