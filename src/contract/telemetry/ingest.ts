/** What ingest tells of a source beside what became of its events. */
import { z } from '../zod.ts';

const count = z.number();

/**
 * How late accepted events were: arrival less the event's own time (corrected for the sender's clock). `future`: more than a
 * minute ahead of its arrival.
 */
export const lateBuckets = ['underHour', 'underDay', 'underWeek', 'older', 'future'] as const;
export type LateBucket = (typeof lateBuckets)[number];
export const latenessBuckets = ['underMinute', ...lateBuckets] as const;

/** Events by bucket; absent ones are 0. */
export const latenessSchema = z.partialRecord(z.enum(latenessBuckets), count);
export type Lateness = z.output<typeof latenessSchema>;

/**
 * Why a source is being held back now. rate, quota: a limit that somebody set. surge: it sends many times more than usual.
 * badRequests: an address with its key sends what cannot be read.
 */
export const throttleReasons = ['rate', 'quota', 'surge', 'badRequests'] as const;
export type ThrottleReason = (typeof throttleReasons)[number];

export const throttleReadingSchema = z.strictObject({
  reason: z.enum(throttleReasons),
  /** In an operator's words. */
  why: z.string(),
  /** Epoch ms of the first event held back in this spell. */
  since: z.number(),
  /** Epoch ms when events are taken again; null where that depends on the sender. */
  until: z.number().nullable(),
});
export type ThrottleReading = z.output<typeof throttleReadingSchema>;
