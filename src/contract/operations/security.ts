import { nameSchema } from '../documents/source.ts';
import { defineOperation } from '../operation.ts';
import { errorClasses } from '../telemetry/tick.ts';
import { z } from '../zod.ts';

/** Attempts of the same kind by the same caller are one entry with a count. Holds no address and no key. */
export const authenticationSchema = z.strictObject({
  /** control: the console's and the command line's port. ingest: the senders'. */
  door: z.enum(['control', 'ingest']),
  outcome: z.enum(['accepted', 'refused']),
  /** Code of the refusal; empty where it was accepted. */
  code: z.string(),
  /** control: what the client calls itself. ingest: a short hash of the key, so that two people can compare; empty where there was none. */
  who: z.string(),
  count: z.number().int(),
  /** Epoch ms. */
  firstAt: z.number(),
  lastAt: z.number(),
});
export type Authentication = z.output<typeof authenticationSchema>;

export const securityLog = defineOperation({
  name: 'security.log',
  title: 'Authentication attempts',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ limit: z.number().int().min(1).max(500).default(100) }),
  output: z.strictObject({
    /** Newest first. */
    attempts: z.array(authenticationSchema),
    /** Since the gateway started. */
    totals: z.strictObject({ accepted: z.number(), refused: z.number(), unknownKeys: z.number() }),
  }),
});

/** An answer that did not confirm or accept what was sent. Equal ones are one entry with a count. */
export const unexpectedAnswerSchema = z.strictObject({
  firstAt: z.number(),
  lastAt: z.number(),
  count: z.number().int(),
  status: z.number().int(),
  class: z.enum(errorClasses),
  /** The body's structure without its values: `{error: {code: number, message: text}}`. */
  shape: z.string(),
  /** What the vendor said, masked. */
  detail: z.string(),
  sizeBytes: z.number(),
  latencyMs: z.number(),
});
export type UnexpectedAnswer = z.output<typeof unexpectedAnswerSchema>;

export const answersRead = defineOperation({
  name: 'answers.read',
  title: 'Unexpected answers of a vendor',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ destination: nameSchema, limit: z.number().int().min(1).max(100).default(50) }),
  output: z.strictObject({
    /** Newest first. */
    answers: z.array(unexpectedAnswerSchema),
    /** Transfer since the gateway started. `byStatus`: answers by the first digit of their status; `none`: no answer came. */
    transfer: z.strictObject({
      requests: z.number(),
      bytesOut: z.number(),
      bytesIn: z.number(),
      byStatus: z.record(z.string(), z.number()),
    }),
  }),
});
