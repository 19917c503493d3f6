import { createHash } from 'node:crypto';
import type { Destination } from '#contract/documents/destination.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import { readCertificates } from '#gateway/transport/certificates.ts';

/**
 * Scheme, host and port of a destination's own endpoint, else of the vendor's base URL. null where neither says one
 * (a webhook without an endpoint yet).
 */
export function destinationOrigin(destination: Destination, connector: Connector): string | null {
  const base = destination.endpoint ?? defaultEndpoint(destination, connector);
  return base !== null && URL.canParse(base) ? new URL(base).origin : null;
}

/** The vendor's own base URL under these settings; null where it has none or the settings do not parse. */
export function defaultEndpoint(destination: Destination, connector: Connector): string | null {
  const settings = connector.settings.safeParse(destination.settings);
  return settings.success ? connector.defaultEndpoint(settings.data) : null;
}

/**
 * Everything that a destination's secret is bound to, as one text that people can read: the origins that it may be sent
 * to, the proxy that it goes through, the authorities that vouch for them. For a plain destination it is the origin alone.
 * Where any of it changes, the secret is not handed out until an admin binds it again: each of them could be a way to have
 * it sent to somebody else. null where there is no address.
 */
export function bindingOf(destination: Destination, connector: Connector): string | null {
  const origin = destinationOrigin(destination, connector);
  if (origin === null) return null;
  const others = (destination.endpoints?.others ?? []).map(({ url }) => new URL(url).origin);
  const origins = [origin, ...[...new Set(others)].filter((other) => other !== origin).sort()];
  const { proxy, ca } = destination.transport ?? {};
  return [origins.join(', '), ...(proxy ? [`via ${proxy.url}`] : []), ...(ca === undefined ? [] : [`trusting CA ${caDigest(ca)}`])].join(
    ' ',
  );
}

/** Of the certificates, not of their spelling: line ends do not matter. */
function caDigest(pem: string): string {
  const fingerprints = (readCertificates(pem) ?? []).map((certificate) => certificate.fingerprint256).sort();
  return createHash('sha256').update(fingerprints.join()).digest('hex').slice(0, 32);
}
