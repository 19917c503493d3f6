/**
 * What the Graph API answers. Its HTTP status lies (a dead token was seen as 500): `error.code` rules.
 * Codes: developers.facebook.com, graph-api/guides/error-handling.
 */
import { z } from '#contract/zod.ts';
import type { EncodedRequest, Outcome, VendorResponse } from '../connector.ts';
import { vendorDetail } from '../detail.ts';
import { parseBody } from '../json.ts';
import { accepted, confirmed, forAll, isGood, outcomeOfStatus } from '../outcomes.ts';
import { retryAfterMs } from '../retry-after.ts';

export const errorAnswer = z.object({
  error: z.object({
    code: z.number().int(),
    error_subcode: z.number().int().optional().catch(undefined),
    message: z.string().catch(''),
    error_user_title: z.string().catch(''),
    error_user_msg: z.string().catch(''),
    is_transient: z.boolean().catch(false),
  }),
});
type MetaError = z.output<typeof errorAnswer>['error'];

const success = z.object({ events_received: z.number().int() });

const tokenCodes = new Set([190, 102]);
const throttleCodes = new Set([4, 17, 613, 80003, 341, 368]);
const serverCodes = new Set([1, 2, 5000, 21009]);
/** With code 100: no such dataset, or no right to it. About our set-up, not about an event. */
const noSuchObject = 33;

/** Whether an error says that our token or its rights were refused. */
export function isCredentialError(error: Pick<MetaError, 'code' | 'error_subcode'>): boolean {
  const { code } = error;
  if (tokenCodes.has(code) || code === 3 || code === 10 || (code >= 200 && code <= 299)) return true;
  return code === 100 && error.error_subcode === noSuchObject;
}

function outcomeOfError(error: MetaError, response: VendorResponse, request: EncodedRequest): Outcome {
  const number = error.error_subcode === undefined ? `${error.code}` : `${error.code}/${error.error_subcode}`;
  const words = error.error_user_msg || error.error_user_title || error.message;
  const detail = vendorDetail(`Meta error ${number}${words ? `: ${words}` : ''}`, request);
  if (isCredentialError(error)) return { kind: 'authHold', detail };
  if (throttleCodes.has(error.code)) return { kind: 'throttled', afterMs: retryAfterMs(response.headers), detail };
  if (serverCodes.has(error.code) || error.is_transient) return { kind: 'retry', class: 'server', detail };
  // All or nothing, and Meta does not say which event it was. Codes not known to us: by halving too, unless the server failed.
  return error.code !== 100 && response.status >= 500 ? { kind: 'retry', class: 'server', detail } : { kind: 'bisect', detail };
}

/** One outcome for all events of a request: Meta takes all or nothing. */
export function classify(response: VendorResponse, request: EncodedRequest): readonly Outcome[] {
  const failed = parseBody(errorAnswer, response.body);
  if (failed) return forAll(request, outcomeOfError(failed.error, response, request));
  const good = isGood(response.status) ? parseBody(success, response.body) : null;
  if (good) return forAll(request, good.events_received === request.events.length ? confirmed : accepted);
  const outcome = outcomeOfStatus(response, '');
  // A bare 400 has no error code: something between Meta and us wrote it.
  return forAll(
    request,
    outcome.kind === 'bisect' && response.status !== 413 ? { kind: 'retry', class: 'server', detail: outcome.detail } : outcome,
  );
}
