/** What is wrong with how a destination is reached, beyond what its schema says. */
import type { Destination } from '#contract/documents/destination.ts';
import { type Endpoints, primaryEndpoint } from '#contract/documents/endpoints.ts';
import type { Transport } from '#contract/documents/transport.ts';
import { readCertificates } from '#gateway/transport/certificates.ts';

/** One field that is wrong. `path` is dotted, within the value. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** @param needsEndpoint the connector has no address of its own */
export function addressIssues(
  destination: Pick<Destination, 'endpoint' | 'endpoints' | 'transport'>,
  needsEndpoint: boolean,
): readonly Issue[] {
  const { endpoint, endpoints, transport } = destination;
  return [
    ...(endpoint === undefined && needsEndpoint
      ? [{ path: 'endpoint', message: 'is required: this connector has no address of its own' }]
      : []),
    ...(endpoint === undefined ? [] : urlIssues(endpoint, 'endpoint')),
    ...(transport === undefined ? [] : transportIssues(transport)),
    ...(endpoints === undefined ? [] : endpointsIssues(endpoints, endpoint)),
  ];
}

/** An endpoint is an address and nothing else: documents are shown to every viewer and kept for ever. */
function urlIssues(text: string, path: string): readonly Issue[] {
  const url = new URL(text);
  return [
    ...(url.username !== '' || url.password !== ''
      ? [{ path, message: 'must not hold a user or password; bind a credential instead' }]
      : []),
    ...(url.search !== '' || url.hash !== '' ? [{ path, message: 'must not have a query or fragment' }] : []),
  ];
}

function transportIssues({ proxy, ca }: Transport): readonly Issue[] {
  const hasPath = proxy !== undefined && new URL(proxy.url).pathname !== '/';
  return [
    ...(proxy === undefined ? [] : urlIssues(proxy.url, 'transport.proxy.url')),
    ...(hasPath ? [{ path: 'transport.proxy.url', message: 'must not have a path: it is a proxy’s address' }] : []),
    ...(ca !== undefined && readCertificates(ca) === null
      ? [{ path: 'transport.ca', message: 'has a certificate that cannot be read' }]
      : []),
  ];
}

function endpointsIssues({ mode, dedupeDomain, others }: Endpoints, endpoint: string | undefined): readonly Issue[] {
  const urls = [...(endpoint === undefined ? [] : [endpoint]), ...others.map(({ url }) => url)].map((url) => url.replace(/\/+$/, ''));
  const ids = [primaryEndpoint, ...others.map(({ id }) => id)];
  return others.flatMap((other, index) => {
    const at = (field: string) => `endpoints.others.${index}.${field}`;
    return [
      ...urlIssues(other.url, at('url')),
      ...(urls.indexOf(other.url.replace(/\/+$/, '')) < urls.length - others.length + index
        ? [{ path: at('url'), message: 'is the address of another endpoint already' }]
        : []),
      ...(ids.indexOf(other.id) < index + 1 ? [{ path: at('id'), message: 'is the id of another endpoint already' }] : []),
      // After a crash nobody could say which of two domains an event in flight had reached.
      ...(mode === 'spread' && other.dedupeDomain !== dedupeDomain
        ? [{ path: at('dedupeDomain'), message: 'must be that of the others: load is spread within one dedupe domain only' }]
        : []),
      ...(mode === 'spread' && other.consent !== undefined
        ? [{ path: at('consent'), message: 'is for endpoints that take over; load is spread among equals' }]
        : []),
    ];
  });
}
