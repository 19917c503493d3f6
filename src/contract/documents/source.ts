import { z } from '../zod.ts';

export const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes, at most 63');

/** Where each part of an event is found in a plain JSON body: JSON Pointers (RFC 6901). */
export const mappingSchema = z.strictObject({
  event: z.string().default('/event'),
  userId: z.string().default('/userId'),
  anonymousId: z.string().optional(),
  messageId: z.string().optional(),
  timestamp: z.string().optional(),
  properties: z.string().default(''),
});
export type Mapping = z.output<typeof mappingSchema>;

/** A place events come from: an app with a Segment SDK, or anything that posts plain JSON. */
export const sourceSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  kind: z.enum(['segment', 'json']).default('segment'),
  /** Identifies the source on the wire. Not a secret: browsers carry it. */
  writeKey: z.string().min(4).max(128),
  enabled: z.boolean().default(true),
  /** For kind `json`. */
  mapping: mappingSchema.optional(),
  /** Label of the plan or tenant the source belongs to. */
  plan: z.string().max(100).optional(),
  demo: z.boolean().default(false),
});
export type Source = z.output<typeof sourceSchema>;
