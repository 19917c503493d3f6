import { z } from '#contract/zod.ts';

/** Where an event may have happened, in Meta's words. */
export const actionSources = ['website', 'app', 'email', 'phone_call', 'chat', 'physical_store', 'system_generated', 'other'] as const;
export type ActionSource = (typeof actionSources)[number];

export const metaSettings = z.strictObject({
  /** Dataset (pixel) id. Not a secret. */
  datasetId: z.string().regex(/^\d{1,30}$/, 'digits only, as Events Manager shows it'),
  /** Version of the Graph API; each is supported for at least two years. */
  apiVersion: z
    .string()
    .regex(/^\d{1,3}\.\d$/, 'a version such as 25.0')
    .default('25.0'),
  /** Where events happen unless the property `action_source` says otherwise. `website` needs a page URL and a user agent in each event. */
  actionSource: z.enum(actionSources).default('website'),
  /** Further event names to translate: yours to Meta's. */
  eventNames: z.record(z.string(), z.string().min(1).max(100)).default({}),
  /** Properties to send beside the standard ones. Only what is listed leaves: properties may hold personal data in the clear. */
  customProperties: z.array(z.string().max(100)).max(50).default([]),
  /** Marks all events for Limited Data Use, Meta finding out the place. */
  limitedDataUse: z.boolean().default(false),
  /** Shows events under Test Events in Events Manager. */
  testEventCode: z.string().max(50).optional(),
});
export type MetaSettings = z.output<typeof metaSettings>;
