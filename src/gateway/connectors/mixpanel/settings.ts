import { z } from '#contract/zod.ts';

export const mixpanelSettings = z.strictObject({
  /** Project id, as the project's settings show it. Not a secret. */
  projectId: z.string().regex(/^\d{1,20}$/, 'digits only, as the project settings show it'),
  /** Where the project's data lives. */
  region: z.enum(['us', 'eu', 'in']).default('us'),
  /** Lets Sluice ask Mixpanel to erase people; needs a GDPR token in the credential too. */
  erasure: z
    .strictObject({
      /** Token of the project: names it, is no secret. */
      projectToken: z.string().regex(/^[0-9a-f]{32}$/, '32 hexadecimal digits, as the project settings show it'),
      compliance: z.enum(['GDPR', 'CCPA']).default('GDPR'),
    })
    .optional(),
});
export type MixpanelSettings = z.output<typeof mixpanelSettings>;

/** Ingestion host and the host of the application API, by region. */
export const hosts: Readonly<Record<MixpanelSettings['region'], { readonly ingestion: string; readonly app: string }>> = {
  us: { ingestion: 'https://api.mixpanel.com', app: 'https://mixpanel.com' },
  eu: { ingestion: 'https://api-eu.mixpanel.com', app: 'https://eu.mixpanel.com' },
  in: { ingestion: 'https://api-in.mixpanel.com', app: 'https://in.mixpanel.com' },
};
