import { destinationSchema } from '#contract/documents/destination.ts';
import { settingsSchema } from '#contract/documents/settings.ts';
import { nameSchema, sourceSchema } from '#contract/documents/source.ts';
import { z } from '#contract/zod.ts';

const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable');

/** Where a destination's secret comes from: one variable, or one for each field of the connector. Never the secret itself. */
export const credentialEntry = z.strictObject({
  env: z.union([envName, z.record(z.string(), envName)], {
    error: 'must be the name of an environment variable, or a mapping from field to name',
  }),
});

export const sourceEntry = sourceSchema
  .pick({ writeKey: true, moreKeys: true, kind: true, mapping: true, plan: true, limits: true, keyLimits: true })
  .extend({ id: nameSchema, name: sourceSchema.shape.name.optional() });

export const destinationEntry = destinationSchema
  .pick({
    connector: true,
    settings: true,
    endpoint: true,
    transport: true,
    endpoints: true,
    sources: true,
    events: true,
    rollout: true,
    fields: true,
    delivery: true,
    hold: true,
    statusFeed: true,
    probe: true,
    owner: true,
    tags: true,
  })
  .extend({ id: nameSchema, name: destinationSchema.shape.name.optional(), credential: credentialEntry.optional() });

/** The file. Entries are parsed one by one, so that a mistake in one hides none in another. */
export const configSchema = z.strictObject({
  environment: settingsSchema.shape.environment.unwrap().optional(),
  settings: settingsSchema.nullish(),
  sources: z.array(z.unknown()).nullish(),
  destinations: z.array(z.unknown()).nullish(),
});
