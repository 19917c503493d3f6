import type { IncomingMessage } from 'node:http';

/** Where a browser reached us: from the proxy's headers or the Host it used; null where that is not a plain host. */
export function originOf(
  request: IncomingMessage,
  publicUrl: string | null,
  isTls = false,
): { readonly protocol: 'http' | 'https'; readonly host: string } | null {
  if (publicUrl !== null) {
    const url = new URL(publicUrl);
    return { protocol: url.protocol === 'https:' ? 'https' : 'http', host: url.host };
  }
  const host = request.headers.host ?? '';
  if (!/^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(host)) return null;
  return { protocol: isTls || request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http', host };
}

/**
 * What analytics-next fetches from its CDN before it sends anything
 * (`GET /v1/projects/<write key>/settings`). It names this gateway as the only host to send to, asks for
 * no further script (no legacy or remote plugin, no middleware) and switches the SDK's own metrics
 * off. Only the one integration: with two the SDK loads its legacy bundle from Segment.
 */
export function browserSettings(writeKey: string, origin: { readonly protocol: 'http' | 'https'; readonly host: string }): object {
  const apiHost = `${origin.host}/v1`;
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost,
        protocol: origin.protocol,
        unbundledIntegrations: [],
        addBundledMetadata: false,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0, host: apiHost },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
    autoInstrumentationSettings: null,
  };
}
