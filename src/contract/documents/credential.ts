import { z } from '../zod.ts';

/**
 * What is known of a destination's credential. Never the secret: a remote gateway may keep
 * `sealed`, which only its own key opens; an embedded one keeps it in memory only.
 */
export const credentialSchema = z.strictObject({
  destination: z.string(),
  connector: z.string(),
  version: z.number().int().positive(),
  /** Scheme, host and port the secret may be sent to. Another origin parks the lane. */
  origin: z.string(),
  /** Last four characters of SHA-256 of the secret, so that two people can compare. */
  fingerprint: z.string().max(16),
  /** Where the gateway has it from. */
  from: z.enum(['desk', 'environment']),
  sealed: z.string().nullable().default(null),
});
export type Credential = z.output<typeof credentialSchema>;
