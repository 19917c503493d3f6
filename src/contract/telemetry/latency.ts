import { z } from '../zod.ts';

/** Percentiles of one merged sketch, ms. `n` is the sample count; null where n is 0. */
export const latencySchema = z.strictObject({
  n: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
export type Latency = z.output<typeof latencySchema>;
