import { switchModes } from '../documents/switch.ts';
import { z } from '../zod.ts';
import { breakerReadingSchema, breakerStates, orderReadingSchema, rateReadingSchema } from './breaker.ts';
import { latenessSchema, throttleReadingSchema } from './ingest.ts';
import { latencySchema } from './latency.ts';

const count = z.number();

/** Why an attempt did not deliver. `rejected`: the vendor refused the event; `auth`: it refused us. */
export const errorClasses = ['throttled', 'server', 'timeout', 'network', 'auth', 'rejected', 'uncertain'] as const;
export type ErrorClass = (typeof errorClasses)[number];

/**
 * What a lane is doing.
 * flowing: delivering. idle is flowing with nothing to do. parked: a person holds it.
 * held: the system holds it (no credential, auth refused, documents not loaded).
 * breaker: the breaker is open. dropping: a drop switch is in force. diverting: another destination gets its events. off: disabled.
 * Under a sample switch a lane is flowing; `desired` and `why` say so.
 */
export const laneStates = ['flowing', 'parked', 'held', 'breaker', 'dropping', 'diverting', 'off'] as const;
export type LaneState = (typeof laneStates)[number];

/** Health as the board shows it. `none`: nothing was sent lately. */
export const healths = ['healthy', 'degraded', 'failing', 'held', 'none'] as const;
export type Health = (typeof healths)[number];

export const sourceTickSchema = z.strictObject({
  id: z.string(),
  /** Events in this window. received = accepted + duplicate + malformed + quarantined + throttled + refused. */
  received: count,
  accepted: count,
  duplicate: count,
  malformed: count,
  quarantined: count,
  throttled: count,
  refused: count,
  bytes: count,
  /** How late the events accepted in this window were; absent where all are from within a minute. */
  lateness: latenessSchema.optional(),
  /** Why some are held back now; absent where none is. */
  throttle: throttleReadingSchema.optional(),
});
export type SourceTick = z.output<typeof sourceTickSchema>;

export const destinationTickSchema = z.strictObject({
  id: z.string(),
  state: z.enum(laneStates),
  /** Epoch ms since when `state` holds. */
  since: z.number(),
  /** In an operator's words: who parked it, which code the vendor gave. */
  why: z.string(),
  desired: z.enum(switchModes),
  health: z.enum(healths),
  /** Events delivered in this window; `confirmed` of them the vendor confirmed. */
  delivered: count,
  confirmed: count,
  /** Events dropped by a switch in this window. */
  dropped: count,
  /** Failed attempts by class, events, in this window. Absent classes are 0. */
  errors: z.partialRecord(z.enum(errorClasses), count),
  latency: latencySchema,
  inFlight: count,
  waiting: count,
  held: count,
  retrying: count,
  dead: count,
  /** Epoch ms at which the oldest unsettled event was received; null when none. */
  oldestAt: z.number().nullable(),
  bytesOut: count,
  /** Share of the backlog budget in use, 0..1. */
  budgetUsed: z.number(),
  /** What the breaker does: forced by a person, or as it measured. */
  breaker: z.enum(breakerStates),
  breakerDetail: breakerReadingSchema.optional(),
  rate: rateReadingSchema.optional(),
  order: orderReadingSchema.optional(),
  /** Id of the endpoint in use, where the destination has several. */
  endpoint: z.string().optional(),
  /** Epoch ms at which the first of its certificates (server, client, CA) ends; absent where none is known. */
  certificateEndsAt: z.number().optional(),
});
export type DestinationTick = z.output<typeof destinationTickSchema>;

export const resourcesSchema = z.strictObject({
  /** Share of one core, 0..n. */
  cpu: z.number(),
  /** Event loop delay in the window, ms. */
  loopLagP99Ms: z.number(),
  rssBytes: z.number(),
  heapBytes: z.number(),
  diskFreeBytes: z.number().nullable(),
  logBytes: z.number(),
  commit: latencySchema,
  settle: latencySchema,
  sockets: z.number(),
});
export type Resources = z.output<typeof resourcesSchema>;

/** One second of the gateway's life, serialised once for all subscribers. */
export const tickSchema = z.strictObject({
  /** Epoch ms of the window's end. */
  at: z.number(),
  /** What the counts cover, ms; 0 in the tick of a start, which tells how things stand and counts nothing. */
  windowMs: z.number(),
  node: z.string(),
  head: z.number(),
  resources: resourcesSchema,
  sources: z.array(sourceTickSchema),
  destinations: z.array(destinationTickSchema),
  /** Events delivered from a source to a destination in this window. */
  flows: z.array(z.strictObject({ source: z.string(), destination: z.string(), events: count })),
});
export type Tick = z.output<typeof tickSchema>;

/**
 * Stored history of one destination (or source, or the gateway): parallel arrays; null is "no data",
 * drawn as a gap. `at` is the end of each point. Counts (delivered, `error.server`, bytesOut ...) are
 * a second, so they compare with ticks whatever the step; readings are as read; p50, p95, p99 in ms.
 */
export const historySchema = z.strictObject({
  stepMs: z.number(),
  at: z.array(z.number()),
  series: z.record(z.string(), z.array(z.number().nullable())),
});
export type History = z.output<typeof historySchema>;
