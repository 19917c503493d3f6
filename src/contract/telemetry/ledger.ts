import { z } from '../zod.ts';

const count = z.number().int().nonnegative();

/** Every state that an accepted event can be in at a destination; the sum is exact. */
export const ledgerStates = [
  'filtered',
  'waiting',
  'held',
  'retrying',
  'dead',
  'confirmed',
  'accepted',
  'suppressed',
  'dropped',
  'diverted',
  'expired',
] as const;
export type LedgerState = (typeof ledgerStates)[number];

export const ledgerSchema = z.strictObject({
  destination: z.string(),
  /** Events accepted by ingest since the destination was created, routed to it or not. */
  total: count,
  replayed: count,
  divertedIn: count,
  states: z.record(z.enum(ledgerStates), count),
  cursor: count,
  head: count,
  /** Whether L1 to L4 held when this was read. */
  balanced: z.boolean(),
  /** Broken invariants in words; empty when balanced. */
  violations: z.array(z.string()),
});
export type Ledger = z.output<typeof ledgerSchema>;
