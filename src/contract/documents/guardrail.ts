/**
 * A guardrail: what is watched while something changes, how far it may go, and what happens beyond. One engine serves
 * rollouts, and whatever else moves in steps (rotation canary, failover, replay).
 */
import { errorClasses } from '../telemetry/tick.ts';
import { z } from '../zod.ts';
import { nameSchema } from './source.ts';

/** Of whom something is measured. */
export const subjectSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('destination'), id: nameSchema }),
  z.strictObject({ type: z.literal('source'), id: nameSchema }),
  z.strictObject({ type: z.literal('gateway') }),
]);
export type Subject = z.output<typeof subjectSchema>;

/**
 * Shares, 0..1. errors: attempts that failed. deadLetters: events that ended as one, of those that ended. slow: requests that took
 * longer than `overMs`. turnedAway: events of a source that were malformed, quarantined or refused.
 */
export const shareMetrics = ['errors', 'deadLetters', 'slow', 'turnedAway'] as const;
/** Readings, once a second. waiting: events. delivered: events a second. */
export const levelMetrics = ['waiting', 'delivered'] as const;
export const guardrailMetrics = [...shareMetrics, ...levelMetrics] as const;
export type GuardrailMetric = (typeof guardrailMetrics)[number];

export function isShare(metric: GuardrailMetric): metric is (typeof shareMetrics)[number] {
  return shareMetrics.some((each) => each === metric);
}

const minute = 60_000;
const margin = z.number().min(0).max(1).default(0.01);

/** How far it may go. */
export const limitSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('threshold'), value: z.number().min(0) }),
  /** At most `margin` (a share) worse than in the time before the start. */
  z.strictObject({
    type: z.literal('before'),
    lastMs: z
      .number()
      .int()
      .min(minute)
      .max(1440 * minute)
      .default(60 * minute),
    margin,
  }),
  /** At most `margin` (a share) worse than another one is at the same time. */
  z.strictObject({ type: z.literal('subject'), subject: subjectSchema, margin }),
]);

export const guardrailSchema = z
  .strictObject({
    metric: z.enum(guardrailMetrics),
    subject: subjectSchema,
    /** errors: only these classes; absent: all. */
    classes: z.array(z.enum(errorClasses)).min(1).optional(),
    /** slow: what took longer counts as slow, ms. */
    overMs: z.number().int().min(1).max(600_000).optional(),
    /** What is older is forgotten, ms. */
    windowMs: z
      .number()
      .int()
      .min(5_000)
      .max(60 * minute)
      .default(5 * minute),
    comparator: z.enum(['above', 'below']).default('above'),
    limit: limitSchema,
    /** Attempts, events or requests without which nothing is decided; of a reading seconds, at most those of the window. */
    minSamples: z.number().int().min(1).max(1_000_000).default(500),
    /** revert takes the change back. pause goes no further. */
    onBreach: z.enum(['revert', 'pause']).default('revert'),
  })
  .check(({ value, issues }) => {
    const say = (path: string, message: string) => issues.push({ code: 'custom', path: [path], message, input: value });
    const measured = [value.subject, ...(value.limit.type === 'subject' ? [value.limit.subject] : [])];
    if (measured.some(({ type }) => !subjectsOf[value.metric].includes(type)))
      say('subject', `${value.metric} is measured of a ${subjectsOf[value.metric].join(' or a ')}`);
    if ((value.metric === 'slow') !== (value.overMs !== undefined)) say('overMs', 'is for slow, and slow needs it');
    if (value.classes !== undefined && value.metric !== 'errors') say('classes', 'is for errors');
    if (!isShare(value.metric) && value.limit.type !== 'threshold') say('limit', 'a reading has a threshold');
    if (value.limit.type === 'before' && (value.metric === 'slow' || value.subject.type === 'gateway'))
      say('limit', 'that is not stored of the time before; give a threshold');
    if (isShare(value.metric) && value.limit.type === 'threshold' && value.limit.value > 1) say('limit', 'a share is at most 1');
    if (value.comparator === 'below' && value.limit.type !== 'threshold') say('comparator', 'below needs a threshold');
  });
export type Guardrail = z.output<typeof guardrailSchema>;

export const guardrailsSchema = z.array(guardrailSchema).min(1).max(10);

const subjectsOf: Readonly<Record<GuardrailMetric, readonly Subject['type'][]>> = {
  errors: ['destination', 'gateway'],
  deadLetters: ['destination'],
  slow: ['destination', 'gateway'],
  turnedAway: ['source'],
  waiting: ['destination', 'gateway'],
  delivered: ['destination', 'gateway'],
};

/** What was measured of a share before the start, and what it may have been at most. */
export const baselineSchema = z.strictObject({ value: z.number(), atMost: z.number(), samples: z.number() });
export type Baseline = z.output<typeof baselineSchema>;

/** What a guardrail says now. */
export const judgementSchema = z.strictObject({
  /** waiting: the sample is too small to say anything, which is neither good nor bad. */
  verdict: z.enum(['ok', 'waiting', 'breached']),
  /** As measured; null without a sample. */
  value: z.number().nullable(),
  /** What it is with certainty beyond: at least (above), at most (below). Null without a sample. */
  certain: z.number().nullable(),
  /** How far it may go; null while that is not measured. */
  bound: z.number().nullable(),
  samples: z.number(),
  needed: z.number(),
  /** The same in an operator's words. */
  words: z.string(),
});
export type Judgement = z.output<typeof judgementSchema>;
