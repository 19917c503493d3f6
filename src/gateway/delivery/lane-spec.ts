import type { ConsentPolicy } from '#contract/documents/consent.ts';
import type { Destination } from '#contract/documents/destination.ts';
import { primaryEndpoint } from '#contract/documents/endpoints.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import type { AllowList } from '#gateway/pipeline/allow-list.ts';

/** What a lane needs to know of its destination; a change makes a new lane over the same cursor. */
export interface LaneSpec {
  readonly id: string;
  readonly destination: Destination;
  readonly connector: Connector;
  /** Parsed by the connector. */
  readonly settings: unknown;
  /** Base URL without trailing slash; of the first endpoint where there are several. */
  readonly endpoint: string;
  /** Every endpoint in order: first the destination's own. */
  readonly routes: readonly RouteSpec[];
  /** The fields that it may get; null where it may get all. */
  readonly allow: AllowList | null;
}

/** One endpoint of a destination. */
export interface RouteSpec {
  readonly id: string;
  /** Base URL without trailing slash. */
  readonly url: string;
  readonly dedupeDomain: string;
  /** For load spread. */
  readonly weight: number;
  /** What it needs beside what the destination needs; null where nothing. */
  readonly consent: ConsentPolicy | null;
}

/** @param endpoint the destination's own, or its vendor's */
export function routesOf({ endpoints }: Pick<Destination, 'endpoints'>, endpoint: string): readonly RouteSpec[] {
  const { dedupeDomain = primaryEndpoint, weight = 1, others = [] } = endpoints ?? {};
  const bare = (url: string) => url.replace(/\/+$/, '');
  return [
    { id: primaryEndpoint, url: bare(endpoint), dedupeDomain, weight, consent: null },
    ...others.map(({ url, consent = null, ...other }) => ({ ...other, url: bare(url), consent })),
  ];
}

export interface UsableCredential {
  readonly usable: true;
  readonly values: Readonly<Record<string, string>>;
  /** Of the credential, so that a late refusal of an older one harms no newer one. */
  readonly revision: number;
}

/** What the vault has for a destination; where it is not usable, `detail` says why in an operator's words. */
export type CredentialReading = UsableCredential | { readonly usable: false; readonly detail: string };

/** Scheme, host and port of a base URL. */
export function originOf(endpoint: string): string {
  return new URL(endpoint).origin;
}

/** Events a request: the destination's wish within the vendor's limit. */
export function batchSizeOf({ connector, destination }: Pick<LaneSpec, 'connector' | 'destination'>): number {
  // A key for each request: only single events keep theirs from attempt to attempt.
  const most = connector.dedupe === 'request' ? 1 : connector.maxBatch;
  return Math.max(1, Math.min(destination.delivery.batchSize, most));
}

/** Whether an event may never be sent twice: its vendor cannot recognise a resend, and its owner wants none. */
export function isAtMostOnce({ connector, destination }: Pick<LaneSpec, 'connector' | 'destination'>): boolean {
  return connector.dedupe === 'none' && destination.delivery.onUncertain === 'dead';
}
