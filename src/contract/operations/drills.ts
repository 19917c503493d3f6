import { drillKinds, drillSchema } from '../documents/drill.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

/** Which drills this gateway can run now, and what the past ones showed, newest first. */
export const drillList = defineOperation({
  name: 'drill.list',
  title: 'Drills',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ limit: z.number().int().min(1).max(200).default(50) }),
  output: z.strictObject({
    kinds: z.array(
      z.strictObject({
        kind: z.enum(drillKinds),
        title: z.string(),
        /** What it does, for how long, and who feels it. */
        what: z.string(),
        needsDestination: z.boolean(),
        /** Why it cannot be run here; null where it can. */
        refusal: z.string().nullable(),
      }),
    ),
    /** Destinations at the simulator: the only ones that a drill may break. */
    destinations: z.array(z.string()),
    running: z.string().nullable(),
    drills: z.array(z.strictObject({ id: z.string(), by: z.string(), drill: drillSchema })),
  }),
});

/** Starts a drill. It lifts the fault by itself, also where nobody looks on. */
export const drillStart = defineOperation({
  name: 'drill.start',
  title: 'Start a drill',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, kind: z.enum(drillKinds), destination: nameSchema.optional() }),
  output: z.strictObject({
    id: z.string(),
    revision: z.number().int(),
    /** Destinations that feel it; empty where it is the gateway itself. */
    touches: z.array(z.string()),
    /** The fault is in force at most this long, ms. */
    longestMs: z.number(),
  }),
});

/** Lifts the fault now and ends the drill. */
export const drillStop = defineOperation({
  name: 'drill.stop',
  title: 'Stop a drill',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...commandFields, id: nameSchema }),
  output: z.strictObject({ revision: z.number().int() }),
});
