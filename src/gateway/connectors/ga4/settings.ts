import { z } from '#contract/zod.ts';

export const ga4Settings = z.strictObject({
  /** Of the web data stream, `G-…`. */
  measurementId: z.string().regex(/^G-[A-Za-z0-9]{1,20}$/, 'looks like G-XXXXXXXXXX'),
  /** `eu` collects in the European Union. */
  region: z.enum(['global', 'eu']).default('global'),
  /** Sends the message id as the event parameter `message_id`, so that duplicates can be found in the BigQuery export. */
  sendMessageId: z.boolean().default(true),
  /** Number of the property, for erasing people by the Admin API; needs an access token in the credential too. */
  erasureProperty: z
    .string()
    .regex(/^\d{1,20}$/, 'digits only, as Admin > Property details shows it')
    .optional(),
});
export type Ga4Settings = z.output<typeof ga4Settings>;

export const hosts: Readonly<Record<Ga4Settings['region'], string>> = {
  global: 'https://www.google-analytics.com',
  eu: 'https://region1.google-analytics.com',
};
