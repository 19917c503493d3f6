/**
 * How an address is reached: drawn from a destination's document, from what its connector says of the vendor, and from
 * the secret parts of its credential.
 */
import type { Destination } from '#contract/documents/destination.ts';
import type { Transport } from '#contract/documents/transport.ts';
import { type Secret, secret } from '#contract/secret.ts';
import type { Connector, CredentialField } from '#gateway/connectors/connector.ts';

export interface Reach {
  /** Ask for HTTP/2, and speak HTTP/1.1 where it is not offered. */
  readonly http2: boolean;
  readonly gzip: boolean;
  /** `authorization`: value of Proxy-Authorization; null where the proxy wants none. */
  readonly proxy: { readonly url: string; readonly authorization: Secret | null } | null;
  /** PEM of the authorities to trust instead of the public ones; null for those. */
  readonly ca: string | null;
  /** What we show: PEM. */
  readonly client: { readonly cert: string; readonly key: Secret } | null;
}

/** Straight to it, in the clear or with public certificates. */
export const plainReach: Reach = { http2: false, gzip: false, proxy: null, ca: null, client: null };

/** Names of the credential's fields that the transport needs; no connector may use them. */
export const transportFieldNames = {
  clientCertificate: 'clientCertificate',
  clientKey: 'clientKey',
  proxyUser: 'proxyUser',
  proxyPassword: 'proxyPassword',
} as const;

/** What a destination's credential must hold beside what its connector asks for. */
function transportFields(transport: Transport | undefined): readonly CredentialField[] {
  const { clientCertificate, clientKey, proxyUser, proxyPassword } = transportFieldNames;
  return [
    ...(transport?.clientCertificate
      ? [
          { name: clientCertificate, label: 'Client certificate (PEM, with its chain)', multiline: true },
          { name: clientKey, label: 'Key of the client certificate (PEM, not encrypted)', multiline: true },
        ]
      : []),
    ...(transport?.proxy?.authenticate
      ? [
          { name: proxyUser, label: 'User at the proxy', multiline: false },
          { name: proxyPassword, label: 'Password at the proxy', multiline: false },
        ]
      : []),
  ];
}

/** Every field of a destination's credential: the connector's, the transport's, then those that only erasing people needs. */
export function credentialFields(
  destination: Pick<Destination, 'transport' | 'settings'>,
  connector: Pick<Connector, 'credential' | 'erasure' | 'settings'>,
): readonly CredentialField[] {
  const own = [...transportFields(destination.transport), ...erasureFields(destination, connector)];
  return own.length === 0 ? connector.credential : [...connector.credential, ...own];
}

function erasureFields(destination: Pick<Destination, 'settings'>, { erasure, settings }: Pick<Connector, 'erasure' | 'settings'>) {
  const parsed = settings.safeParse(destination.settings);
  return typeof erasure === 'string' || !parsed.success ? [] : erasure.credential(parsed.data);
}

/** Whether a change of the credential changes how the address is reached. */
export function isReachSecret({ transport }: Pick<Destination, 'transport'>): boolean {
  return transportFields(transport).length > 0;
}

export function reachOf(
  { transport }: Pick<Destination, 'transport'>,
  { takes }: Pick<Connector, 'takes'>,
  credential: Readonly<Record<string, string>>,
): Reach {
  const { clientCertificate, clientKey, proxyUser = '', proxyPassword = '' } = credential;
  const proxy = transport?.proxy;
  const login = () => secret(`Basic ${Buffer.from(`${proxyUser}:${proxyPassword}`).toString('base64')}`);
  return {
    http2: (transport?.http2 ?? (takes?.http2 ? 'auto' : 'off')) === 'auto',
    gzip: transport?.gzip ?? takes?.gzip ?? false,
    proxy: proxy ? { url: proxy.url, authorization: proxy.authenticate ? login() : null } : null,
    ca: transport?.ca ?? null,
    client: transport?.clientCertificate && clientCertificate && clientKey ? { cert: clientCertificate, key: secret(clientKey) } : null,
  };
}
