/** Outcomes that connectors share, and the reading of a bare HTTP status where a vendor's own answer says nothing. */
import type { EncodedRequest, Outcome, VendorResponse } from './connector.ts';
import { retryAfterMs } from './retry-after.ts';

export const confirmed: Outcome = { kind: 'delivered', confirmed: true };
export const accepted: Outcome = { kind: 'delivered', confirmed: false };

/** The same outcome for every event of a request. */
export function forAll(request: EncodedRequest, outcome: Outcome): readonly Outcome[] {
  return request.events.map(() => outcome);
}

export function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function ofClientError(status: number, said: string): Outcome {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return { kind: 'authHold', detail: said };
    // About the address, never about one event: the breaker opens and probes until it is there again.
    case 404:
    case 405:
      return { kind: 'retry', class: 'server', detail: `${said}: nothing takes events at this address` };
    case 408:
      return { kind: 'retry', class: 'timeout', detail: said };
    case 425:
      return { kind: 'retry', class: 'server', detail: said };
    default:
      return { kind: 'bisect', detail: said };
  }
}

/**
 * What a status means by HTTP alone (RFC 9110). A 2xx here is one whose body was not the vendor's: no verdict.
 * @param text what the vendor said, masked; may be empty
 */
export function outcomeOfStatus(response: VendorResponse, text: string): Outcome {
  const { status } = response;
  const said = text ? `HTTP ${status}: ${text}` : `HTTP ${status}`;
  const afterMs = retryAfterMs(response.headers);
  if (status === 429 || (status === 503 && afterMs !== null)) return { kind: 'throttled', afterMs, detail: said };
  if (status >= 500 && status < 600) return { kind: 'retry', class: 'server', detail: said };
  if (status >= 400 && status < 500) return ofClientError(status, said);
  if (status >= 300 && status < 400) return { kind: 'retry', class: 'server', detail: `${said}: redirected, which is not followed` };
  return { kind: 'uncertain', detail: text ? said : `${said} with a body that is not the vendor's` };
}
