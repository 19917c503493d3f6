import type { Destination } from '#contract/documents/destination.ts';
import type { Connector } from '#gateway/connectors/connector.ts';

/**
 * Scheme, host and port that a destination's secret may be sent to: of its endpoint, else of
 * the vendor's own base URL. null where neither says one (a webhook without an endpoint yet).
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
