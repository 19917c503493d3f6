import { z } from '../zod.ts';
import { nameSchema } from './source.ts';

/**
 * What happens to an event that breaks its plan. report: it flows and is counted. quarantine: it
 * is stored apart until somebody releases or discards it. block: the sender gets 400.
 */
export const planModes = ['report', 'quarantine', 'block'] as const;
export type PlanMode = (typeof planModes)[number];

const plannedEventSchema = z.strictObject({
  /** Instead of the plan's own mode. */
  mode: z.enum(planModes).optional(),
  /**
   * JSON Schema (draft-07, or 2020-12 where `$schema` says so) of the event's properties; of the traits of an
   * identify or group call.
   */
  schema: z.record(z.string(), z.unknown()),
});

/** Most events that a plan names: each is compiled. */
export const maxPlannedEvents = 500;

/** A tracking plan: what the events of some sources must look like. Its schema version is the document's revision. */
export const planSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  /** Sources that use it; empty means all that are in no other plan. */
  sources: z.array(nameSchema).default([]),
  mode: z.enum(planModes).default('report'),
  /** What happens to an event that the plan does not name; `allow` lets it pass unseen. */
  unplanned: z.enum(['allow', ...planModes]).default('allow'),
  /** By event name; identify, group and alias calls by their type. */
  events: z
    .record(z.string().min(1).max(200), plannedEventSchema)
    .refine((events) => Object.keys(events).length <= maxPlannedEvents, `a plan names at most ${maxPlannedEvents} events`)
    .default({}),
});
export type Plan = z.output<typeof planSchema>;
