/** Changes that happen at a time, and overrides that expire. */
import { scheduleRunSchema } from '../documents/schedule.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const moment = z.number().int().nonnegative();

/**
 * Schedules a command, or changes one that waits; of one that ran only `undoAt` may change: later, sooner (now puts
 * back at once), or null to keep what it set. What is scheduled is tried as a dry run now and checked again when it
 * runs. A whole value (`*.put`) that says no `expectedRevision` is given today's, so that it swallows no change made
 * until then. Its own permission holds besides. SCHEDULE_REFUSED, SCHEDULE_OVER, and whatever the command answers.
 */
export const schedulePut = defineOperation({
  name: 'schedule.put',
  title: 'Schedule a change',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({
    ...commandFields,
    /** Absent: a new one. */
    id: nameSchema.optional(),
    run: scheduleRunSchema,
    /** Epoch ms; absent: now. */
    at: moment.optional(),
    /** Epoch ms; what it covered is put back then. */
    undoAt: moment.nullable().default(null),
  }),
  /** `preview`: what the command answers as a dry run; null where it ran already. */
  output: z.strictObject({ id: z.string(), revision: z.number().int(), preview: z.unknown() }),
});

/** Calls off what is still to come: the run, or the putting back. What ran stays. */
export const scheduleCancel = defineOperation({
  name: 'schedule.cancel',
  title: 'Call off a scheduled change',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...commandFields, id: nameSchema }),
  output: z.strictObject({ revision: z.number().int() }),
});
