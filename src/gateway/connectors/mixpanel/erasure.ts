/**
 * Mixpanel's GDPR API: a task that erases profile and events of up to 1,999 distinct ids, within 30 days, with a state
 * that can be asked for. Facts: docs.mixpanel.com/reference/gdpr-api, read November 2026.
 */
import { z } from '#contract/zod.ts';
import type { EncodeContext, EncodedRequest, VendorResponse } from '../connector.ts';
import { vendorDetail } from '../detail.ts';
import { type ErasedPerson, type ErasureAnswer, type ErasureApi, failureOf } from '../erasure.ts';
import { parseBody } from '../json.ts';
import { isGood } from '../outcomes.ts';
import { hosts, type MixpanelSettings } from './settings.ts';

const hourMs = 3_600_000;
const path = '/api/app/data-deletions/v3.0';
const byHand =
  'Erase the person in Mixpanel (Project Settings > Data Privacy), or switch erasure on in this destination’s settings, bind a GDPR token and ask again.';
const renew = 'Bind a new GDPR token (Mixpanel: personal settings > Data & Privacy), then ask again.';

const task = z.object({
  status: z.string().optional().catch(undefined),
  // A task is answered under the one name, its documentation names the other.
  tracking_id: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined),
  task_id: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined),
});
const answer = z.object({
  error: z.string().optional().catch(undefined),
  results: z
    .union([z.array(task).transform(([first]) => first), task])
    .optional()
    .catch(undefined),
});

function requestOf(context: EncodeContext<MixpanelSettings>, below: string, body: string | null): EncodedRequest {
  const { erasure, region } = context.settings;
  // An override (proxy, simulator) serves both hosts.
  const host = context.endpoint === hosts[region].ingestion ? hosts[region].app : context.endpoint;
  return {
    method: body === null ? 'GET' : 'POST',
    url: `${host}${path}/${below}?token=${encodeURIComponent(erasure?.projectToken ?? '')}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${(context.credential.gdprToken ?? '').trim()}`,
    },
    body,
    events: [],
  };
}

function saidOf(response: VendorResponse, request: EncodedRequest): ErasureAnswer {
  return failureOf(response, vendorDetail(parseBody(answer, response.body)?.error ?? '', request), renew);
}

function classify(response: VendorResponse, request: EncodedRequest): ErasureAnswer {
  const found = parseBody(answer, response.body)?.results;
  const reference = found?.tracking_id ?? found?.task_id;
  if (!isGood(response.status) || reference === undefined) return saidOf(response, request);
  return { kind: 'accepted', reference, detail: `task ${reference}: ${found?.status ?? 'PENDING'}` };
}

function classifyStatus(response: VendorResponse, request: EncodedRequest): ErasureAnswer {
  const status = parseBody(answer, response.body)?.results?.status;
  if (!isGood(response.status) || status === undefined) return saidOf(response, request);
  switch (status) {
    case 'SUCCESS':
      return { kind: 'done', detail: 'SUCCESS' };
    case 'PENDING':
    case 'STAGING':
    case 'STARTED':
      return { kind: 'accepted', reference: null, detail: status };
    case 'FAILURE':
    case 'REVOKED':
    case 'NOT_FOUND':
      return { kind: 'failed', detail: status, suggestedAction: 'Ask again: Mixpanel’s task ended without erasing the person.' };
    default:
      return { kind: 'retry', afterMs: null, detail: vendorDetail(status, request) };
  }
}

export const mixpanelErasure: ErasureApi<MixpanelSettings> = {
  credential: ({ erasure }) =>
    erasure === undefined ? [] : [{ name: 'gdprToken', label: 'GDPR token (a year at most)', multiline: false, optional: true }],
  notOffered: ({ erasure }) => (erasure === undefined ? byHand : null),
  encode({ userId, anonymousId }: ErasedPerson, context) {
    const ids = [userId, anonymousId].filter((id) => id !== null);
    return [requestOf(context, '', JSON.stringify({ distinct_ids: ids, compliance_type: context.settings.erasure?.compliance ?? 'GDPR' }))];
  },
  classify,
  status: {
    everyMs: 6 * hourMs,
    encode: (reference, context) => requestOf(context, encodeURIComponent(reference), null),
    classify: classifyStatus,
  },
};
