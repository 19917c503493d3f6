/** Tracking plans and redaction: what an event must look like, and what of it is kept. */
import { planModes, planSchema } from '../documents/plan.ts';
import { redactionSchema } from '../documents/redaction.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const changed = z.strictObject({ revision: z.number().int() });
const removal = z.strictObject({ ...commandFields, id: nameSchema, confirm: z.string().optional() });
/** An event as a sender would post it. */
const eventSchema = z.record(z.string(), z.unknown());

/** One way in which an event breaks its plan. Never holds a value of the event. */
export const violationSchema = z.strictObject({
  /** JSON Pointer within properties or traits. */
  path: z.string(),
  message: z.string(),
});
export type Violation = z.output<typeof violationSchema>;

export const planPut = defineOperation({
  name: 'plan.put',
  title: 'Add or change a tracking plan',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: nameSchema, value: planSchema }),
  output: changed,
});

export const planRemove = defineOperation({
  name: 'plan.remove',
  title: 'Remove a tracking plan',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  input: removal,
  output: changed,
});

/** What the plan in force, or `value`, says of an event. Stores and sends nothing. */
export const planTest = defineOperation({
  name: 'plan.test',
  title: 'Try an event against a tracking plan',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ id: nameSchema, value: planSchema.optional(), event: eventSchema }),
  output: z.strictObject({ verdict: z.enum(['valid', 'unplanned', ...planModes]), violations: z.array(violationSchema) }),
});

/** Violations since the gateway started, by plan, schema version and event name. Most frequent first. */
export const planViolations = defineOperation({
  name: 'plan.violations',
  title: 'Violations of tracking plans',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ plan: nameSchema.optional(), source: nameSchema.optional() }),
  output: z.strictObject({
    /** Epoch ms from which is counted. */
    since: z.number(),
    violations: z.array(
      z.strictObject({
        plan: z.string(),
        /** Schema version: the plan's revision. */
        revision: z.number().int(),
        source: z.string(),
        event: z.string(),
        mode: z.enum(planModes),
        events: z.number(),
        firstAt: z.number(),
        lastAt: z.number(),
        /** The kinds of violation seen, most frequent first. */
        kinds: z.array(z.strictObject({ path: z.string(), message: z.string(), events: z.number() })),
      }),
    ),
  }),
});

export const redactionPut = defineOperation({
  name: 'redaction.put',
  title: 'Add or change redaction rules',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: nameSchema, value: redactionSchema }),
  output: changed,
});

export const redactionRemove = defineOperation({
  name: 'redaction.remove',
  title: 'Remove redaction rules',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  input: removal,
  output: changed,
});

/** What the rules in force for a source, or `value` alone, make of an event. Stores and sends nothing. */
export const redactionTest = defineOperation({
  name: 'redaction.test',
  title: 'Try redaction rules on an event',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ source: nameSchema.optional(), value: redactionSchema.optional(), event: eventSchema }),
  output: z.strictObject({
    event: eventSchema,
    /** Rules that changed it, as `document/rule`. */
    rules: z.array(z.string()),
  }),
});

const heldEventSchema = z.strictObject({
  id: z.number().int(),
  source: z.string(),
  messageId: z.string(),
  type: z.string(),
  name: z.string(),
  receivedAt: z.number(),
  bytes: z.number(),
  plan: z.string(),
  /** Schema version it was checked against. */
  revision: z.number().int(),
  violations: z.array(violationSchema),
  /** The event with every text and number masked; keys, truth values and shape are as sent. */
  masked: z.unknown(),
});

/** What quarantined events must have in common; every part that is given must fit. */
const held = {
  source: nameSchema.optional(),
  event: z.string().max(200).optional(),
  /** The plan that they broke when they were last checked. */
  plan: nameSchema.optional(),
  /** They break their plan in this way, among others. */
  violation: violationSchema.optional(),
};
/** Which quarantined events a command means: some by id, or all that fit. */
const chosen = { ids: z.array(z.number().int()).min(1).max(1000).optional(), ...held };

export const quarantineList = defineOperation({
  name: 'quarantine.list',
  title: 'Quarantined events',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    ...held,
    /** What `groups` go by. An event that breaks its plan in several ways is in several groups of `violation`. */
    by: z.enum(['event', 'plan', 'violation']).default('event'),
    afterId: z.number().int().default(0),
    limit: z.number().int().min(1).max(500).default(100),
  }),
  output: z.strictObject({
    /** Events held now, and what became of the others since the gateway first ran: quarantined = held + released + discarded + expired. */
    totals: z.strictObject({
      quarantined: z.number(),
      held: z.number(),
      bytes: z.number(),
      released: z.number(),
      discarded: z.number(),
      expired: z.number(),
    }),
    /** All that is held, most first; at most 200. By event: `source` and `event` are there; by plan: `plan`; by violation: `violation`. */
    groups: z.array(
      z.strictObject({
        source: z.string().optional(),
        event: z.string().optional(),
        plan: z.string().optional(),
        violation: violationSchema.optional(),
        events: z.number(),
        oldestAt: z.number(),
      }),
    ),
    events: z.array(heldEventSchema),
  }),
});

/**
 * Checks events again under today's plan, and lets those that fit into the log, with the time they were
 * first received. Each counts as received once more, as accepted or duplicate.
 */
export const quarantineRelease = defineOperation({
  name: 'quarantine.release',
  title: 'Release quarantined events',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({
    ...commandFields,
    ...chosen,
    /** Events looked at, oldest first. */
    limit: z.number().int().min(1).max(10_000).default(1000),
  }),
  output: z.strictObject({
    /** Now in the log (in a dry run: would be). */
    released: z.number(),
    /** The log had them already, from another time they were sent. */
    duplicate: z.number(),
    /** Still break the plan. */
    kept: z.number(),
    /** Could not be looked at: the source is gone, or the log takes nothing now. */
    failed: z.number(),
  }),
});

export const quarantineDiscard = defineOperation({
  name: 'quarantine.discard',
  title: 'Discard quarantined events',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  /** `confirm`: `discard`. */
  input: z.strictObject({ ...commandFields, ...chosen, confirm: z.string().optional() }),
  output: z.strictObject({ discarded: z.number() }),
});
