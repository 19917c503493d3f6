/** Guarded rollouts: a flag that is given to more people step by step, and taken back where a guardrail is breached. */
import { flagKeySchema } from '../documents/flag.ts';
import { guardrailsSchema, judgementSchema } from '../documents/guardrail.ts';
import { rolloutIdSchema, rolloutStepsSchema } from '../documents/rollout.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

/** What a command did; of a dry run, what it would do. */
const changed = z.strictObject({
  id: z.string(),
  revision: z.number().int(),
  /** Share of the variant afterwards, 0 to 100; null where that cannot be told. */
  percent: z.number().nullable(),
  /** In an operator's words, one line each. */
  will: z.array(z.string()),
});

const steer = { ...commandFields, id: rolloutIdSchema };

/** Sets the first step at once. */
export const rolloutStart = defineOperation({
  name: 'rollout.start',
  title: 'Start a guarded rollout',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({
    ...commandFields,
    flag: flagKeySchema,
    variant: z.string().max(100),
    steps: rolloutStepsSchema,
    guardrails: guardrailsSchema,
  }),
  output: changed,
});

/** Stays at its step. Guardrails that revert still do. */
export const rolloutPause = defineOperation({
  name: 'rollout.pause',
  title: 'Pause a rollout',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject(steer),
  output: changed,
});

/** Goes on after a pause or a revert, from a step (default: the one it was at). Its sample begins anew. */
export const rolloutResume = defineOperation({
  name: 'rollout.resume',
  title: 'Resume a rollout',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({ ...steer, step: z.number().int().nonnegative().optional() }),
  output: changed,
});

/** To the next step at once, whatever soak time and guardrails say; from the last one to its end. */
export const rolloutAdvance = defineOperation({
  name: 'rollout.advance',
  title: 'Advance a rollout',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject(steer),
  output: changed,
});

/** Puts the flag back exactly as it was before the start. */
export const rolloutRevert = defineOperation({
  name: 'rollout.revert',
  title: 'Revert a rollout',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject(steer),
  output: changed,
});

/** What a rollout waits for. */
export const rolloutReadingSchema = z.strictObject({
  id: z.string(),
  /** One for each guardrail. */
  judged: z.array(judgementSchema),
  next: z.strictObject({
    does: z.enum(['advance', 'finish', 'nothing']),
    /** Not before, epoch ms; null where it does not move. */
    at: z.number().nullable(),
    /** What else it waits for; empty where only time is missing. */
    waitsFor: z.string(),
  }),
});
export type RolloutReading = z.output<typeof rolloutReadingSchema>;

/** What the guardrails of all running and paused rollouts say now. */
export const rolloutRead = defineOperation({
  name: 'rollout.read',
  title: 'Rollouts and what their guardrails say',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({ rollouts: z.array(rolloutReadingSchema) }),
});
