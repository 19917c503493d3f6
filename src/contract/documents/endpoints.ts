import { z } from '../zod.ts';
import { consentSchema } from './consent.ts';
import { nameSchema } from './source.ts';

/** Id of the destination's own endpoint, which comes first. */
export const primaryEndpoint = 'primary';

const weight = z.number().int().min(1).max(100);
const dedupeDomain = z.string().trim().min(1).max(60);

/**
 * Further endpoints of a destination, in the order in which they take over. Within one dedupe domain an event
 * that may have arrived at one endpoint may be sent to another: they recognise it together.
 */
export const endpointsSchema = z.strictObject({
  /** ordered: one is active; the next takes over when its breaker opens. spread: all share the load by weight and health. */
  mode: z.enum(['ordered', 'spread']).default('ordered'),
  /** Of the destination's own endpoint. */
  dedupeDomain: dedupeDomain.default(primaryEndpoint),
  /** Share of the destination's own endpoint, for `spread`. */
  weight: weight.default(1),
  others: z
    .array(
      z.strictObject({
        id: nameSchema,
        url: z.url({ protocol: /^https?$/ }).max(2000),
        dedupeDomain,
        /** Share of the load, for `spread`. */
        weight: weight.default(1),
        /** What this endpoint needs beside what the destination needs: another region, another processor. */
        consent: consentSchema.optional(),
      }),
    )
    .min(1)
    .max(8),
  /** An earlier endpoint takes over again after its probes were good for this long, ms. */
  healthyMs: z.number().int().min(0).max(86_400_000).default(30_000),
  /** At least this long between two changes that no failure forces, ms. */
  dwellMs: z.number().int().min(0).max(86_400_000).default(60_000),
});
export type Endpoints = z.output<typeof endpointsSchema>;

/**
 * Which endpoint a destination's events go to. Written when that changes, by `system` or by a person, and before
 * the first event goes there: after a crash it says in which dedupe domain events may have been. Its revisions
 * are the marks on the charts. Its id is the destination's.
 */
export const failoverSchema = z.strictObject({
  active: z.string().max(63),
  /** Dedupe domain of `active` when it was chosen. */
  dedupeDomain,
  /** A person chose it: it stays until they let go. */
  pinned: z.boolean().default(false),
});
export type Failover = z.output<typeof failoverSchema>;
