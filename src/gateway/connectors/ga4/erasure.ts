/**
 * GA4's Admin API, `properties.submitUserDeletion` (v1alpha): takes one id a call, and says when it took it, never when it
 * is done. Facts: developers.google.com/analytics/devguides/config/admin/v1, read November 2026. Off unless its
 * settings are given: it needs an OAuth token with the scope analytics.edit, which lives an hour.
 */
import { z } from '#contract/zod.ts';
import type { EncodedRequest, VendorResponse } from '../connector.ts';
import { vendorDetail } from '../detail.ts';
import { type ErasureAnswer, type ErasureApi, failureOf } from '../erasure.ts';
import { parseBody } from '../json.ts';
import { isGood } from '../outcomes.ts';
import { type Ga4Settings, hosts } from './settings.ts';

const adminHost = 'https://analyticsadmin.googleapis.com';
const byHand =
  'Erase the person in Google Analytics (Explore > User explorer > Delete user), or give this destination an erasure property and a token and ask again.';
const renew = 'Bind a fresh Google access token with the scope analytics.edit (it lives an hour), then ask again.';

const taken = z.object({ deletionRequestTime: z.string() });
const refusal = z.object({ error: z.object({ message: z.string() }) });

function classify(response: VendorResponse, request: EncodedRequest): ErasureAnswer {
  if (isGood(response.status) && parseBody(taken, response.body))
    return {
      kind: 'accepted',
      reference: null,
      detail: 'Google took the request; it erases within 63 days and does not say when it is done',
    };
  return failureOf(response, vendorDetail(parseBody(refusal, response.body)?.error.message ?? '', request), renew);
}

export const ga4Erasure: ErasureApi<Ga4Settings> = {
  credential: ({ erasureProperty }) =>
    erasureProperty === undefined
      ? []
      : [{ name: 'adminToken', label: 'Google access token for erasures (scope analytics.edit)', multiline: false, optional: true }],
  notOffered: ({ erasureProperty }) => (erasureProperty === undefined ? byHand : null),
  encode({ userId, anonymousId }, { settings, endpoint, credential }) {
    const host = Object.values(hosts).includes(endpoint) ? adminHost : endpoint;
    const users = [
      ...(userId === null ? [] : [{ userId }]),
      // As events name it: what has no anonymous id goes by its user id.
      { clientId: anonymousId ?? userId },
    ];
    return users.map(
      (user): EncodedRequest => ({
        method: 'POST',
        url: `${host}/v1alpha/properties/${settings.erasureProperty ?? ''}:submitUserDeletion`,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${(credential.adminToken ?? '').trim()}` },
        body: JSON.stringify(user),
        events: [],
      }),
    );
  },
  classify,
};
