/** The circuit breaker of a destination: how it judges (part of the destination), and what a person makes it do (a document of its own). */
import { z } from '../zod.ts';

const share = z.number().gt(0).max(1);

/** When a lane's breaker opens by itself, and for how long. */
export const breakerSettingsSchema = z.strictObject({
  /** Share of failed calls in the window that opens it, 0..1. */
  failureShare: share.default(0.5),
  /** Share of slow calls in the window that opens it, 0..1. */
  slowShare: share.default(0.9),
  /** A call that took longer is slow, ms. Absent: four fifths of `timeoutMs`. */
  slowMs: z.number().int().min(1).max(120_000).optional(),
  /** Calls in the window below which nothing is judged. */
  minCalls: z.number().int().min(1).max(10_000).default(20),
  /** How long it stays open before it probes, ms; doubles with each failed probe, up to a minute or this, whichever is longer. */
  openMs: z.number().int().min(100).max(3_600_000).default(5_000),
});

/** open: nothing is sent, whatever the vendor does. closed: everything is sent, whatever the breaker measures. */
export const forcedStates = ['open', 'closed'] as const;
export type ForcedState = (typeof forcedStates)[number];

/**
 * What a person makes a breaker do; the document's id is the destination's. Who and why are those of the revision. No
 * document means automatic. It outlives its destination, as switches do.
 */
export const breakerSchema = z.strictObject({ state: z.enum(forcedStates) });
