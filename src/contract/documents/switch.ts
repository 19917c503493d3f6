/**
 * Kill switches. A switch has a scope and a mode; an absent one means `flow`. The effective
 * mode of an event at a destination is the strictest of all that match:
 * park > drop > divert > sample > flow. Under a park nothing else is decided.
 */
import { z } from '../zod.ts';
import { nameSchema } from './source.ts';

export const switchScopeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('everything') }),
  z.strictObject({ type: z.literal('source'), source: nameSchema }),
  z.strictObject({ type: z.literal('destination'), destination: nameSchema }),
  z.strictObject({ type: z.literal('event'), event: z.string().min(1).max(200) }),
]);
export type SwitchScope = z.output<typeof switchScopeSchema>;

/**
 * park holds and loses nothing. drop settles as dropped, for ever. divert gives events to another destination instead;
 * sample sends a share of them and drops the rest.
 */
export const switchModes = ['flow', 'park', 'drop', 'divert', 'sample'] as const;
export type SwitchMode = (typeof switchModes)[number];

/** What happens to the backlog when a destination (or everything) is opened again. */
export const backlogChoiceSchema = z.discriminatedUnion('choice', [
  z.strictObject({ choice: z.literal('drain') }),
  /** Sends what is younger than `sinceMs` (epoch ms); the rest stays parked. */
  z.strictObject({ choice: z.literal('newer'), sinceMs: z.number().int() }),
  /** Sends only what arrives from now on; the backlog stays parked. */
  z.strictObject({ choice: z.literal('fromNow') }),
  z.strictObject({ choice: z.literal('discard') }),
]);
export type BacklogChoice = z.output<typeof backlogChoiceSchema>;

export const switchSchema = z.strictObject({
  scope: switchScopeSchema,
  mode: z.enum(switchModes),
  /** Epoch ms at which the timer restores `flow` (drain), or null. */
  until: z.number().int().nullable().default(null),
  /** drop, divert, sample: applies to events after this seq. The head at the command unless the backlog was included. */
  fromSeq: z.number().int().nonnegative().default(0),
  /** divert: the destination that gets the events instead. */
  to: nameSchema.optional(),
  /** sample: the share that is still sent, by a hash of the message id. */
  share: z.number().gt(0).lt(1).optional(),
  /** flow: how the backlog up to `throughSeq` was opened. */
  opening: z
    .strictObject({
      backlog: backlogChoiceSchema,
      throughSeq: z.number().int().nonnegative(),
      /** Events a second while draining; null is as fast as the destination allows. */
      pacePerSecond: z.number().positive().nullable().default(null),
    })
    .nullable()
    .default(null),
});
export type Switch = z.output<typeof switchSchema>;

/** The document id of a scope: `everything`, `source:web`, `destination:hubspot`, `event:Order Completed`. */
export function scopeId(scope: SwitchScope): string {
  switch (scope.type) {
    case 'everything':
      return 'everything';
    case 'source':
      return `source:${scope.source}`;
    case 'destination':
      return `destination:${scope.destination}`;
    case 'event':
      return `event:${scope.event}`;
  }
}

/** How a person names a scope. */
export function scopeLabel(scope: SwitchScope): string {
  switch (scope.type) {
    case 'everything':
      return 'everything';
    case 'source':
      return `source ${scope.source}`;
    case 'destination':
      return scope.destination;
    case 'event':
      return `event “${scope.event}”`;
  }
}
