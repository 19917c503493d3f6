import { z } from '../zod.ts';

/** What a drill breaks, on purpose and for a short while. */
export const drillKinds = [
  'degraded-network',
  'revoked-credential',
  'partial-outage',
  'slow-vendor',
  'full-disk',
  'killed-gateway',
] as const;
export type DrillKind = (typeof drillKinds)[number];

/** passed: detected and recovered. undetected, unrecovered: not within the time allowed. aborted: somebody stopped it, or the gateway ended meanwhile. */
export const drillOutcomes = ['passed', 'undetected', 'unrecovered', 'aborted'] as const;
export type DrillOutcome = (typeof drillOutcomes)[number];

const moment = z.number().nullable();

/** One drill and what it showed. Written by the gateway only. Times are epoch ms. */
export const drillSchema = z.strictObject({
  kind: z.enum(drillKinds),
  /** Whom it breaks; null where it is the gateway itself, or all vendors. */
  destination: z.string().nullable(),
  /** Destinations that are looked at: those that it breaks; those that were well, where it kills the gateway. */
  touches: z.array(z.string()),
  /** breaking: the fault is in force. recovering: it is lifted. done: over. */
  phase: z.enum(['breaking', 'recovering', 'done']),
  outcome: z.enum(drillOutcomes).nullable(),
  startedAt: z.number(),
  /** The fault came into force. */
  brokenAt: moment,
  /** The first sign that an operator can see. */
  detectedAt: moment,
  /** Which sign that was. */
  detectedBy: z.string(),
  /** The fault was lifted. */
  liftedAt: moment,
  /** All was as before. */
  recoveredAt: moment,
  endedAt: moment,
  /** What else is to be said of it: why it was aborted, what had not come back. */
  note: z.string(),
});
export type Drill = z.output<typeof drillSchema>;

/** From the fault to the first sign, and from its lifting until all was as before, ms; null where that did not happen. */
export function drillTimes(drill: Pick<Drill, 'brokenAt' | 'detectedAt' | 'liftedAt' | 'recoveredAt'>) {
  const between = (from: number | null, to: number | null) => (from === null || to === null ? null : Math.max(0, to - from));
  return { toDetectMs: between(drill.brokenAt, drill.detectedAt), toRecoverMs: between(drill.liftedAt, drill.recoveredAt) };
}
