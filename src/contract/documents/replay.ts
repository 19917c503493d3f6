/**
 * Replays: giving events to a destination anew, paced. A dead letter is tried again; what is settled or was
 * filtered is given once more under a new generation. What waits, is held or is being retried is left alone:
 * it will be sent anyway.
 */
import { z } from '../zod.ts';
import { guardrailsSchema } from './guardrail.ts';
import { nameSchema } from './source.ts';

const seq = z.number().int().positive();
const count = z.number().int().nonnegative();

/** Which dead letters are meant; every part that is given must fit. Absent parts fit all. */
export const letterFilterSchema = z.strictObject({
  /** Why it died, e.g. `rejected`. */
  class: z.string().min(1).max(100).optional(),
  /** Event name, or the type where it has none. */
  name: z.string().min(1).max(200).optional(),
  /** Died at or after, epoch ms. */
  fromMs: z.number().int().nonnegative().optional(),
  /** Died before, epoch ms. */
  toMs: z.number().int().nonnegative().optional(),
  /** In the vendor's last answer, in any case. */
  text: z.string().trim().min(1).max(200).optional(),
});
export type LetterFilter = z.output<typeof letterFilterSchema>;

/** Certain events by seq, whatever their state. */
export const eventsSelectionSchema = z.strictObject({ type: z.literal('events'), seqs: z.array(seq).min(1).max(1000) });
/** Dead letters that had died when the replay was started. */
export const lettersSelectionSchema = z.strictObject({ type: z.literal('deadLetters'), filter: letterFilterSchema.prefault({}) });

/** What a replay gives anew, as it was resolved when the replay was started. */
export const replaySelectionSchema = z.discriminatedUnion('type', [
  eventsSelectionSchema,
  lettersSelectionSchema,
  /** All events of a stretch of the log that went to the destination. */
  z.strictObject({
    type: z.literal('range'),
    fromSeq: seq,
    throughSeq: count,
    /** Only what came from this source. */
    source: nameSchema.optional(),
    /** Only events of this name. */
    event: z.string().min(1).max(200).optional(),
    /** Also what was not routed here, or came before the destination was added, where its filters take it today. */
    includeFiltered: z.boolean().default(false),
  }),
]);
export type ReplaySelection = z.output<typeof replaySelectionSchema>;

/** done: every event has its outcome. cancelled: nothing more is given anew; what was given before is still retried. */
export const replayStates = ['running', 'paused', 'cancelled', 'done', 'failed'] as const;
export type ReplayState = (typeof replayStates)[number];

/** What came of the events of a replay. given = delivered + failed + ended + open. */
export const replayCountsSchema = z.strictObject({
  /** Looked at and given anew. */
  given: count,
  /** Looked at and left alone: they wait, are held or retried, were settled meanwhile, or are gone. */
  skipped: count,
  delivered: count,
  /** Dead again. */
  failed: count,
  /** Neither: suppressed, dropped, diverted, expired, erased, or held by a switch. */
  ended: count,
  /** No outcome yet. */
  open: count,
});
export type ReplayCounts = z.output<typeof replayCountsSchema>;

export const replaySchema = z.strictObject({
  destination: nameSchema,
  selection: replaySelectionSchema,
  /** Events a second. */
  pacePerSecond: z.number().positive().max(100_000),
  state: z.enum(replayStates),
  /** Epoch ms. */
  startedAt: z.number().int(),
  endedAt: z.number().int().nullable().default(null),
  /** Events that the selection held when it was started. */
  selected: count,
  /** What had come of it when it ended; null before. `replay.list` tells of the present. */
  counts: replayCountsSchema.nullable().default(null),
  /** Why it failed, or which guardrail paused it; empty otherwise. */
  detail: z.string().max(300).default(''),
  /** What must hold while it runs: one that is breached pauses it, whatever else it is for. */
  guardrails: guardrailsSchema.optional(),
});
export type Replay = z.output<typeof replaySchema>;
