/**
 * A connector is a table and two pure functions: `encode` turns events into requests,
 * `classify` turns an answer into one outcome per event. It never does I/O and knows
 * neither log nor lanes; the lane sends.
 */

import type { z } from '#contract/zod.ts';
import type { EventType, GatewayEvent } from '#gateway/pipeline/event.ts';
import type { ErasureApi } from './erasure.ts';

/** What the vendor's answer (or its absence) means for one event. `detail` is masked, short, for people. */
export type Outcome =
  /** confirmed: the vendor says it has it. Otherwise it merely accepted the request. */
  | { readonly kind: 'delivered'; readonly confirmed: boolean }
  | { readonly kind: 'retry'; readonly class: 'server' | 'timeout' | 'network'; readonly detail: string }
  | { readonly kind: 'throttled'; readonly afterMs: number | null; readonly detail: string }
  /** Our credential was refused: parks the lane; no event is harmed. */
  | { readonly kind: 'authHold'; readonly detail: string }
  /** This event will never be accepted: dead letter. */
  | { readonly kind: 'rejected'; readonly detail: string }
  /** Some event of this request is bad and the vendor did not say which (or it is too large): halve and resend. Alone: rejected. */
  | { readonly kind: 'bisect'; readonly detail: string }
  /** Bytes were sent and no verdict came. */
  | { readonly kind: 'uncertain'; readonly detail: string };

export interface EncodedRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'GET';
  /** Absolute URL. May hold a vendor's query secret (GA4): never logged. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** The events inside, in the vendor's order; outcomes come back in the same order. */
  readonly events: readonly GatewayEvent[];
}

export interface Encoded {
  readonly requests: readonly EncodedRequest[];
  /** Events that the vendor would refuse for certain (a required field is missing): dead letters, nothing sent. */
  readonly refused: readonly { readonly event: GatewayEvent; readonly detail: string }[];
}

export interface VendorResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly multiline: boolean;
  /** A lane sends without it: only some calls need it. */
  readonly optional?: boolean;
}

export interface EncodeContext<Settings> {
  readonly settings: Settings;
  /** Base URL: the destination's override or the vendor's own. No trailing slash. */
  readonly endpoint: string;
  /** Opened only to be put into a request. Empty where the connector needs none. */
  readonly credential: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly now: number;
}

export interface Connector<Settings = unknown> {
  readonly id: string;
  readonly title: string;
  readonly settings: z.ZodType<Settings>;
  readonly credential: readonly CredentialField[];
  /** Event types it can express; others are filtered at routing. */
  readonly eventTypes: readonly EventType[];
  /** The vendor's own base URL; null where only the destination can say (webhook). */
  defaultEndpoint(settings: Settings): string | null;
  /** Events and bytes a request, by the vendor's contract. */
  readonly maxBatch: number;
  readonly maxBodyBytes: number;
  /** What its HTTP server is known to take; absent or false where that is not known. A destination may say otherwise. */
  readonly takes?: { readonly http2?: boolean; readonly gzip?: boolean };
  /** Whether a good answer proves that the vendor has the events. */
  readonly confirms: boolean;
  /** event: each event carries a key. request: one key a request. none: a resend may double. */
  readonly dedupe: 'event' | 'request' | 'none';
  readonly dedupeNote: string;
  /** How long after the first of them it recognises a resend, ms; absent where no limit is known. */
  readonly dedupeWindowMs?: number;
  /** How the vendor recognises this event again; null where dedupe is `none`. A function of the message id only. */
  dedupeKey(event: GatewayEvent): string | null;
  /** Oldest event the vendor takes, by when it happened, ms; null without limit. */
  readonly freshnessMs: number | null;
  /** The same for one event, where it is not the same for all. */
  freshnessOf?(event: GatewayEvent, settings: Settings): number | null;
  /** Events a second that the vendor is known to take of one account; absent where it publishes none. */
  readonly ratePerSecond?: number;
  /** Whether sending can reach people (mail, push). */
  readonly messagesPeople: boolean;
  /** What an operator should know: limits, quirks, sunsets. */
  readonly notes: readonly string[];
  encode(events: readonly GatewayEvent[], context: EncodeContext<Settings>): Encoded;
  /** One outcome per event of the request, in order. */
  classify(response: VendorResponse, request: EncodedRequest): readonly Outcome[];
  /** How the vendor is asked to erase a person; a text where it offers no way: what to do by hand. */
  readonly erasure: ErasureApi<Settings> | string;
  /** A harmless call that tells whether the credential works; absent where the vendor offers none. */
  readonly check?: {
    encode(context: EncodeContext<Settings>): EncodedRequest;
    classify(response: VendorResponse): { readonly verdict: 'works' | 'refused' | 'unknown'; readonly detail: string };
  };
}
