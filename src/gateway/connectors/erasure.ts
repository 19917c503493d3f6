/**
 * How a vendor is asked to erase a person: part of a connector's table, and as pure as the rest of it. A vendor that
 * offers no way, or where an operator has not switched it on, says what a person must do there by hand.
 */
import type { CredentialField, EncodeContext, EncodedRequest, VendorResponse } from './connector.ts';
import { isGood } from './outcomes.ts';
import { retryAfterMs } from './retry-after.ts';

/** Whom to erase, by the ids that events carry. One of them at least is there. */
export interface ErasedPerson {
  readonly userId: string | null;
  readonly anonymousId: string | null;
}

/** What an answer to a request means. `detail`: masked, short, for people. */
export type ErasureAnswer =
  /** The vendor says that the data is gone. */
  | { readonly kind: 'done'; readonly detail: string }
  /** It took the request. Where it gives a reference and can be asked for its state, it is asked until it is done; otherwise that is all it says. */
  | { readonly kind: 'accepted'; readonly reference: string | null; readonly detail: string }
  | { readonly kind: 'retry'; readonly afterMs: number | null; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly suggestedAction: string };

export interface ErasureApi<Settings> {
  /** Fields of the credential that only erasing needs. It is not asked without them. */
  credential(settings: Settings): readonly CredentialField[];
  /** null: it is switched on. Otherwise what a person should do. */
  notOffered(settings: Settings): string | null;
  /** All of them must be taken. The same again does no harm. */
  encode(person: ErasedPerson, context: EncodeContext<Settings>): readonly EncodedRequest[];
  classify(response: VendorResponse, request: EncodedRequest): ErasureAnswer;
  readonly status?: {
    /** How often to ask, ms. */
    readonly everyMs: number;
    encode(reference: string, context: EncodeContext<Settings>): EncodedRequest;
    classify(response: VendorResponse, request: EncodedRequest): ErasureAnswer;
  };
}

/** What answers of any vendor have in common where they say no. @param said what it wrote, masked */
export function failureOf(response: VendorResponse, said: string, onRefused: string): ErasureAnswer {
  const { status } = response;
  const detail = said ? `HTTP ${status}: ${said}` : `HTTP ${status}`;
  const afterMs = retryAfterMs(response.headers);
  if (status === 401 || status === 403) return { kind: 'failed', detail, suggestedAction: onRefused };
  if (status === 408 || status === 425 || status === 429 || status >= 500 || isGood(status)) return { kind: 'retry', afterMs, detail };
  return { kind: 'failed', detail, suggestedAction: 'Erase the person at the vendor by hand, then say so with erasure.settle.' };
}
