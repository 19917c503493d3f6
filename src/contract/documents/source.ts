import { z } from '../zod.ts';
import { limitsSchema } from './limits.ts';

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

/** Another write key of a source, e.g. while senders move from an old one to a new one. */
export const moreKeySchema = z.strictObject({
  /** What it is for; `main` is the first one. */
  label: nameSchema.refine((label) => label !== 'main', 'main is the first write key'),
  key: z.string().min(4).max(128),
  /** Of what comes with this key. */
  limits: limitsSchema.optional(),
});

/** A place events come from: an app with a Segment SDK, or anything that posts plain JSON. */
export const sourceSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  kind: z.enum(['segment', 'json']).default('segment'),
  /** Identifies the source on the wire. Not a secret: browsers carry it. */
  writeKey: z.string().min(4).max(128),
  /** Further keys, all of them valid. */
  moreKeys: z.array(moreKeySchema).max(8).optional(),
  enabled: z.boolean().default(true),
  /** For kind `json`. */
  mapping: mappingSchema.optional(),
  /** Label of its tenant or tariff. Limits for it are in `settings.ingest.plans`. */
  plan: z.string().max(100).optional(),
  /** Of the source as a whole, all its keys together. What is absent is as its plan says. */
  limits: limitsSchema.optional(),
  /** Of each of its write keys by itself. */
  keyLimits: limitsSchema.optional(),
  demo: z.boolean().default(false),
});
export type Source = z.output<typeof sourceSchema>;
