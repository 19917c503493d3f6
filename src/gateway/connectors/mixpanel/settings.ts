import { z } from '#contract/zod.ts';

export const mixpanelSettings = z.strictObject({
  /** Project id, as the project's settings show it. Not a secret. */
  projectId: z.string().regex(/^\d{1,20}$/, 'digits only, as the project settings show it'),
  /** Where the project's data lives. */
  region: z.enum(['us', 'eu', 'in']).default('us'),
});
export type MixpanelSettings = z.output<typeof mixpanelSettings>;

/** Ingestion host and the host of the application API, by region. */
export const hosts: Readonly<Record<MixpanelSettings['region'], { readonly ingestion: string; readonly app: string }>> = {
  us: { ingestion: 'https://api.mixpanel.com', app: 'https://mixpanel.com' },
  eu: { ingestion: 'https://api-eu.mixpanel.com', app: 'https://eu.mixpanel.com' },
  in: { ingestion: 'https://api-in.mixpanel.com', app: 'https://in.mixpanel.com' },
};
