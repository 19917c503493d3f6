import { z } from '../zod.ts';

const certificateBlocks = /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/;

/** How a destination is reached. All of it is public: what is secret (the proxy's password, the client's key) is part of the credential. */
export const transportSchema = z.strictObject({
  /** auto: HTTP/2 where the vendor offers it, many requests on one connection. Absent: as the connector says. */
  http2: z.enum(['auto', 'off']).optional(),
  /** Compress request bodies. Absent: where the connector says that the vendor takes it. */
  gzip: z.boolean().optional(),
  /** A proxy that tunnels by CONNECT. */
  proxy: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).max(500),
      /** The proxy wants a user and a password: they become fields of the credential. */
      authenticate: z.boolean().default(false),
    })
    .optional(),
  /** PEM of the certificate authorities to trust instead of the public ones. Certificates only. */
  ca: z.string().max(100_000).regex(certificateBlocks, 'must be certificates in PEM, and nothing else').optional(),
  /** The vendor wants a client certificate: it and its key become fields of the credential. */
  clientCertificate: z.boolean().default(false),
});
export type Transport = z.output<typeof transportSchema>;

/** Days before the end of a certificate from which on it is warned of. */
export const certificateWarnDays = 30;
/** Days before its end from which on the warning is loud. */
export const certificateUrgentDays = 7;

/** One certificate as it is shown. Never a key. */
export const certificateSchema = z.strictObject({
  /** server: the vendor shows it. client: we show it. ca: what we trust. proxy: the proxy shows it. ingest: our own door shows it. */
  role: z.enum(['server', 'client', 'ca', 'proxy', 'ingest', 'ingest-ca']),
  subject: z.string(),
  issuer: z.string(),
  /** SHA-256, hex. */
  fingerprint: z.string(),
  /** Epoch ms. */
  validFrom: z.number(),
  expiresAt: z.number(),
  /** ends: within 30 days. over: it has ended. */
  verdict: z.enum(['good', 'ends', 'over', 'early']),
  /** Whole days until it ends; negative once it has. */
  daysLeft: z.number().int(),
});
export type CertificateFacts = z.output<typeof certificateSchema>;
