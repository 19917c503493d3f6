/**
 * A command that runs at a time, as the person who scheduled it; with `undoAt` an override that expires: what it
 * covered is put back then, unless somebody changed it since.
 *
 *   waiting ──at──▶ applied ──undoAt──▶ undone
 *      │  └──refused, or missed──▶ failed ◀──changed since──┘
 *      └── schedule.cancel ──▶ cancelled
 */
import { z } from '../zod.ts';

const moment = z.number().int().nonnegative();

/** applied is final where `undoAt` is null. */
export const scheduleStates = ['waiting', 'applied', 'undone', 'failed', 'cancelled'] as const;

/** Every console holds all documents: what is large is kept where it belongs, and named here. Characters of JSON. */
const longestInput = 65_536;

export const scheduleRunSchema = z.strictObject({
  /** Name of a command: `flag.set`. */
  operation: z.string().max(100),
  /** Its input without `reason` and `dryRun`. */
  input: z
    .record(z.string(), z.unknown())
    .refine((input) => JSON.stringify(input).length <= longestInput, 'must not be longer than 64 KiB'),
});

export const scheduleSchema = z.strictObject({
  run: scheduleRunSchema,
  /** Who scheduled it; it runs in that name. */
  by: z.string(),
  /** Why; it runs for that reason. */
  reason: z.string(),
  /** When it runs, epoch ms. */
  at: moment,
  /** When what it covered is put back, epoch ms; null: never. */
  undoAt: moment.nullable(),
  state: z.enum(scheduleStates),
  /** What it wrote, once it ran: the revision that it replaced (0: none, or removed) and the one it wrote. */
  covered: z.array(z.strictObject({ kind: z.string(), id: z.string(), before: z.number().int(), after: z.number().int() })).default([]),
  appliedAt: moment.nullable().default(null),
  endedAt: moment.nullable().default(null),
  /** What else is to be said: why it failed, why it was late, what was not put back. */
  detail: z.string().max(1000).default(''),
});
export type Schedule = z.output<typeof scheduleSchema>;

/** What is still to come of it, epoch ms; null: nothing. */
export function nextMoment({ state, at, undoAt, endedAt }: Schedule): number | null {
  if (state === 'waiting') return at;
  return state === 'applied' && endedAt === null ? undoAt : null;
}
