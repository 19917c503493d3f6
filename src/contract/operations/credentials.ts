import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

/** The gateway's public key, to seal secrets to. The desk pins `fingerprint` at first use. */
export const gatewayKey = defineOperation({
  name: 'gateway.key',
  title: 'Public key of the gateway',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({ publicKey: z.string(), fingerprint: z.string(), environment: z.string() }),
});

/**
 * Hands over one credential, sealed (libsodium sealed box, base64) to the gateway's key. The sealed
 * text is JSON {environment, destination, version, origin, nonce, expiresAt, secret}; the
 * gateway refuses it where any of these does not fit.
 */
export const credentialBind = defineOperation({
  name: 'credential.bind',
  title: 'Give a destination its credential',
  kind: 'command',
  permission: 'admin',
  danger: 'guarded',
  audience: 'desk',
  input: z.strictObject({
    ...commandFields,
    destination: nameSchema,
    version: z.number().int().positive(),
    sealed: z.string().max(65_536),
  }),
  output: z.strictObject({ revision: z.number().int(), fingerprint: z.string() }),
});

export const credentialRemove = defineOperation({
  name: 'credential.remove',
  title: 'Take a destination’s credential away',
  kind: 'command',
  permission: 'admin',
  danger: 'critical',
  audience: 'desk',
  input: z.strictObject({ ...commandFields, destination: nameSchema }),
  output: z.strictObject({ revision: z.number().int() }),
});

/** Asks the vendor whether the credential works, where the vendor offers a way to ask. */
export const credentialCheck = defineOperation({
  name: 'credential.check',
  title: 'Check a credential at the vendor',
  kind: 'query',
  permission: 'operator',
  input: z.strictObject({ destination: nameSchema }),
  output: z.strictObject({ verdict: z.enum(['works', 'refused', 'unknown']), detail: z.string(), latencyMs: z.number().nullable() }),
});

/** One line per destination: has it a credential, since when, does the lane wait for one. */
export const credentialList = defineOperation({
  name: 'credential.list',
  title: 'List credentials',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({
    credentials: z.array(
      z.strictObject({
        destination: z.string(),
        connector: z.string(),
        /** Fields the connector wants, such as `token` or `username, password`. Empty: needs none. */
        fields: z.array(z.strictObject({ name: z.string(), label: z.string(), multiline: z.boolean() })),
        state: z.enum(['present', 'missing', 'origin-changed', 'refused', 'not-needed']),
        origin: z.string(),
        version: z.number().int().nullable(),
        fingerprint: z.string().nullable(),
        from: z.enum(['desk', 'environment']).nullable(),
        boundAt: z.number().nullable(),
        checkable: z.boolean(),
      }),
    ),
  }),
});
