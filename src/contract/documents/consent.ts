import { z } from '../zod.ts';

export const categorySchema = z.string().trim().min(1).max(100);

/** What a destination needs a person's consent for; the document's id is the destination's. Decided at every send. */
export const consentSchema = z.strictObject({
  /** As the sender's consent manager names them. */
  categories: z.array(categorySchema).min(1).max(50),
  /** all: every category must be granted (AND). any: one is enough (OR). */
  match: z.enum(['all', 'any']).default('all'),
  /** What a category counts as that neither the event nor the consent store says anything about. */
  whenUnknown: z.enum(['deny', 'allow']).default('deny'),
});
export type ConsentPolicy = z.output<typeof consentSchema>;

/** opt-out: the person wants no processing. deletion: the person wants to be forgotten. */
export const suppressionKinds = ['opt-out', 'deletion'] as const;
export type SuppressionKind = (typeof suppressionKinds)[number];
