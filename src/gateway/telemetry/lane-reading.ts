import type { DestinationTick } from '#contract/telemetry/tick.ts';

/** What only the lane knows: a `DestinationTick` without what the meter counted and the health drawn from both. */
export type LaneReading = Omit<DestinationTick, 'health' | 'delivered' | 'confirmed' | 'dropped' | 'errors' | 'latency' | 'bytesOut'>;
