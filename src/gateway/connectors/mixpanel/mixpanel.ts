/** Mixpanel's server-side `/import`. Facts: docs.mixpanel.com, openapi/ingestion and reference pages, read November 2026. */
import type { Connector, EncodeContext, EncodedRequest, VendorResponse } from '../connector.ts';
import { compactKey } from '../keys.ts';
import { classify } from './classify.ts';
import { authorization, encode, maxBatch, maxBodyBytes } from './encode.ts';
import { mixpanelErasure } from './erasure.ts';
import { hosts, type MixpanelSettings, mixpanelSettings } from './settings.ts';

/** The application API has hosts of its own; an override (proxy, simulator) serves both. */
function appHost(context: EncodeContext<MixpanelSettings>): string {
  const own = Object.values(hosts).find((host) => host.ingestion === context.endpoint);
  return own ? own.app : context.endpoint;
}

function encodeCheck(context: EncodeContext<MixpanelSettings>): EncodedRequest {
  const headers = { accept: 'application/json', authorization: authorization(context.credential) };
  return { method: 'GET', url: `${appHost(context)}/api/app/me`, headers, body: null, events: [] };
}

function classifyCheck(response: VendorResponse): { readonly verdict: 'works' | 'refused' | 'unknown'; readonly detail: string } {
  if (response.status === 200) return { verdict: 'works', detail: 'Mixpanel knows this service account.' };
  if (response.status === 401) return { verdict: 'refused', detail: 'Mixpanel refused this service account (HTTP 401).' };
  return { verdict: 'unknown', detail: `Mixpanel answered HTTP ${response.status}, which says nothing about the service account.` };
}

export const mixpanel: Connector<MixpanelSettings> = {
  id: 'mixpanel',
  title: 'Mixpanel',
  settings: mixpanelSettings,
  credential: [
    { name: 'username', label: 'Service account user name', multiline: false },
    { name: 'secret', label: 'Service account secret', multiline: false },
  ],
  eventTypes: ['track', 'page', 'screen'],
  defaultEndpoint: (settings) => hosts[settings.region].ingestion,
  maxBatch,
  maxBodyBytes,
  takes: { http2: true, gzip: true },
  confirms: true,
  dedupe: 'event',
  dedupeNote: 'By $insert_id with event name, time and distinct_id: at once in reports, compacted later; a raw export shows both copies.',
  dedupeKey: (event) => compactKey(event.messageId),
  freshnessMs: null,
  // About 30,000 a second over a rolling minute, of one project (developer.mixpanel.com, import-events).
  ratePerSecond: 30_000,
  messagesPeople: false,
  notes: [
    'A 400 that lists failed records stored all the others: only those listed become dead letters.',
    'Limits: 2,000 events a request; 2 GB a minute or about 30,000 events a second per project.',
    'An event may have fewer than 255 properties, nested three deep; texts are cut at 255 characters.',
    'Dummy ids such as "anon", "null" or "0" are refused by Mixpanel as distinct_id.',
    'Pages and screens arrive as "Page Viewed" and "Screen Viewed", their own name as the property "name".',
    'The service account needs the role Owner or Admin. The project secret is retired on 3 March 2027 and not used here.',
    'The credential check goes to the application host of the region (mixpanel.com), not to the ingestion host.',
  ],
  encode,
  classify,
  erasure: mixpanelErasure,
  check: { encode: encodeCheck, classify: classifyCheck },
};
