import { forcedStates } from '../documents/breaker.ts';
import { z } from '../zod.ts';

export const breakerStates = ['closed', 'open', 'half-open'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** A breaker that is not simply closed: what it does by itself, and what somebody makes it do. Absent from a tick where it is closed by itself. */
export const breakerReadingSchema = z.strictObject({
  /** What it measured and would do by itself. */
  measured: z.enum(breakerStates),
  /** Why, in an operator's words: the shares that opened it, or who forced it. */
  why: z.string(),
  /** Epoch ms since when the effective state holds. */
  since: z.number(),
  /** Epoch ms at which it probes; null where it is not open by itself. */
  probesAt: z.number().nullable(),
  /** What a person wants instead; null is automatic. */
  forced: z.strictObject({ state: z.enum(forcedStates), by: z.string(), reason: z.string(), at: z.number() }).nullable(),
});

/** Calls of the breaker's window; it forgets them when it changes its state. */
export const breakerWindowSchema = z.strictObject({
  windowMs: z.number(),
  calls: z.number(),
  failed: z.number(),
  slow: z.number(),
  /** A call that took longer is slow, ms. */
  slowMs: z.number(),
});
export type BreakerWindow = z.output<typeof breakerWindowSchema>;

/** How fast a lane may go. Absent from a tick where nothing limits it. */
export const rateReadingSchema = z.strictObject({
  /** Events a second that it may send now. */
  perSecond: z.number(),
  /** The most it may ever send: the destination's setting, or what the connector knows of its vendor. null: no ceiling. */
  ceilingPerSecond: z.number().nullable(),
  /** Epoch ms of the vendor's last *too fast*; null where it never said so. */
  throttledAt: z.number().nullable(),
});
export type RateReading = z.output<typeof rateReadingSchema>;

/** Order per user. Absent from a tick where a destination takes events in any order. */
export const orderReadingSchema = z.strictObject({
  /** Users of whom an event is not settled yet. */
  users: z.number(),
  /** Events that wait for an earlier one of the same user. */
  waiting: z.number(),
  /** Users whose order was given up since the gateway started: too many of their events waited, or for too long. */
  givenUp: z.number(),
});
export type OrderReading = z.output<typeof orderReadingSchema>;
