import type { Destination } from '#contract/documents/destination.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import type { AllowList } from '#gateway/pipeline/allow-list.ts';

/** What a lane needs to know of its destination; a change makes a new lane over the same cursor. */
export interface LaneSpec {
  readonly id: string;
  readonly destination: Destination;
  readonly connector: Connector;
  /** Parsed by the connector. */
  readonly settings: unknown;
  /** Base URL without trailing slash. */
  readonly endpoint: string;
  /** The fields that it may get; null where it may get all. */
  readonly allow: AllowList | null;
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
