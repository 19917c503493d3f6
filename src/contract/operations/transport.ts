import { nameSchema } from '../documents/source.ts';
import { certificateSchema } from '../documents/transport.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

/** How every destination is reached at the moment: protocol, proxy, certificates, and which endpoint is active. */
export const transportRead = defineOperation({
  name: 'transport.read',
  title: 'Connections and certificates',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({
    destination: nameSchema.optional(),
    /** Leaves `destinations` empty: for whoever wants to know what ends soon only. */
    warningsOnly: z.boolean().default(false),
  }),
  output: z.strictObject({
    destinations: z.array(
      z.strictObject({
        destination: z.string(),
        mode: z.enum(['single', 'ordered', 'spread']),
        /** Id of the endpoint in use; with `spread`, of the one that has the largest share. */
        active: z.string(),
        /** Epoch ms since when. */
        since: z.number(),
        /** Why it is that one, in an operator's words. */
        why: z.string(),
        pinned: z.boolean(),
        /** What the credential is bound to, in words: origins, proxy, CA. */
        binding: z.string(),
        proxy: z.string().nullable(),
        endpoints: z.array(
          z.strictObject({
            id: z.string(),
            url: z.string(),
            dedupeDomain: z.string(),
            /** Share of what is sent now, 0..1. */
            share: z.number(),
            breaker: z.enum(['closed', 'open', 'half-open']),
            /** Epoch ms since when its probes are good; null while it is active, or they are not. */
            healthySince: z.number().nullable(),
            /** What was last spoken with it; null before the first connection. */
            protocol: z.enum(['http/1.1', 'h2']).nullable(),
            gzip: z.boolean(),
            sockets: z.number(),
            /** What it shows: its own certificate, and the proxy's. Empty before the first connection, or without TLS. */
            certificates: z.array(certificateSchema),
          }),
        ),
        /** What we show and trust. */
        certificates: z.array(certificateSchema),
      }),
    ),
    ingest: z.array(certificateSchema),
    /** Everything above that ends within 30 days or has ended, soonest first. */
    warnings: z.array(
      z.strictObject({
        /** null: the gateway's own door. */
        destination: z.string().nullable(),
        endpoint: z.string().nullable(),
        certificate: certificateSchema,
      }),
    ),
  }),
});

/** Sends a destination's events to one of its endpoints until told otherwise; null lets the gateway choose again. */
export const endpointUse = defineOperation({
  name: 'endpoint.use',
  title: 'Choose the endpoint of a destination',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, destination: nameSchema, endpoint: z.string().max(63).nullable() }),
  output: z.strictObject({ revision: z.number().int(), active: z.string() }),
});
