/**
 * Google Analytics 4, Measurement Protocol. It never says no: a malformed event or a wrong secret gets a
 * 2xx like everything else. So a good answer is *accepted*, never *confirmed*, and what it is known to drop
 * in silence is refused here. Facts: developers.google.com/analytics, protocol/ga4, read November 2026.
 */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { type Part, packBatches } from '../batching.ts';
import type { Connector, EncodeContext, Encoded, EncodedRequest, Outcome, VendorResponse } from '../connector.ts';
import { eventTimeMs } from '../fields.ts';
import { isLongerThan, toJson } from '../json.ts';
import { accepted, forAll, isGood, outcomeOfStatus } from '../outcomes.ts';
import { ga4Erasure } from './erasure.ts';
import { eventNameOf, paramsOf } from './params.ts';
import { type Ga4Settings, ga4Settings, hosts } from './settings.ts';

const maxBatch = 25;
const maxBodyBytes = 130_000;
/** Room for ids and time around the events. */
const overheadBytes = 4000;
const freshnessMs = 72 * 3_600_000;
const maxIdLength = 256;

function clientIdOf(event: GatewayEvent): string | null {
  return event.anonymousId ?? event.userId;
}

function partOf(event: GatewayEvent, context: EncodeContext<Ga4Settings>): { readonly json: string } | { readonly refusal: string } {
  const clientId = clientIdOf(event);
  if (!clientId) return { refusal: 'has neither an anonymous id nor a user id, and GA4 wants a client id' };
  if (Math.max(clientId.length, event.userId?.length ?? 0) > maxIdLength) return { refusal: `an id longer than ${maxIdLength} characters` };
  const timeMs = eventTimeMs(event);
  if (context.now - timeMs > freshnessMs) return { refusal: 'older than 72 hours, which GA4 drops in silence' };
  const named = eventNameOf(event);
  if ('refusal' in named) return named;
  const json = toJson({ name: named.name, params: paramsOf(event, context.settings.sendMessageId), timestamp_micros: timeMs * 1000 });
  if (json === null) return { refusal: 'nested too deeply for JSON' };
  return isLongerThan(json, maxBodyBytes - overheadBytes) ? { refusal: 'larger than the 130 KB that GA4 takes' } : { json };
}

/** What one request says about its person once, for all of its events. */
function headOf(event: GatewayEvent): string {
  const userId = event.userId === null ? '' : `"user_id":${JSON.stringify(event.userId)},`;
  return `"client_id":${JSON.stringify(clientIdOf(event))},${userId}`;
}

function encode(events: readonly GatewayEvent[], context: EncodeContext<Ga4Settings>): Encoded {
  const people = new Map<string, Part[]>();
  const refused: { readonly event: GatewayEvent; readonly detail: string }[] = [];
  for (const event of events) {
    const part = partOf(event, context);
    if ('refusal' in part) {
      refused.push({ event, detail: part.refusal });
      continue;
    }
    const head = headOf(event);
    const own = people.get(head);
    if (own) own.push({ event, json: part.json });
    else people.set(head, [{ event, json: part.json }]);
  }
  const secret = encodeURIComponent((context.credential.apiSecret ?? '').trim().toWellFormed());
  const url = `${context.endpoint}/mp/collect?measurement_id=${encodeURIComponent(context.settings.measurementId)}&api_secret=${secret}`;
  const requests: EncodedRequest[] = [];
  for (const [head, parts] of people) {
    for (const batch of packBatches(parts, { events: maxBatch, bytes: maxBodyBytes, overheadBytes })) {
      const [first] = batch;
      if (!first) continue;
      // The time of the request is a default for its events, and each event carries its own.
      const body = `{${head}"timestamp_micros":${eventTimeMs(first.event) * 1000},"events":[${batch.map((part) => part.json).join(',')}]}`;
      requests.push({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        body,
        events: batch.map((part) => part.event),
      });
    }
  }
  return { requests, refused };
}

function outcomeOf(response: VendorResponse): Outcome {
  if (isGood(response.status)) return accepted;
  const outcome = outcomeOfStatus(response, '');
  // Google's advice for other refusals: correct the request, do not send it again as it is.
  return outcome.kind === 'bisect' && response.status !== 413 ? { kind: 'rejected', detail: outcome.detail } : outcome;
}

function classify(response: VendorResponse, request: EncodedRequest): readonly Outcome[] {
  return forAll(request, outcomeOf(response));
}

export const ga4: Connector<Ga4Settings> = {
  id: 'ga4',
  title: 'Google Analytics 4',
  settings: ga4Settings,
  credential: [{ name: 'apiSecret', label: 'Measurement Protocol API secret', multiline: false }],
  eventTypes: ['track', 'page'],
  defaultEndpoint: (settings) => hosts[settings.region],
  maxBatch,
  maxBodyBytes,
  takes: { http2: true },
  confirms: false,
  dedupe: 'none',
  dedupeNote: 'GA4 cannot recognise a resend: it counts twice. The parameter message_id lets you find such pairs in the BigQuery export.',
  dedupeKey: () => null,
  freshnessMs,
  messagesPeople: false,
  notes: [
    'GA4 never says no: a wrong secret or a malformed event gets the same empty 2xx. Delivered means accepted, not confirmed.',
    'The secret cannot be verified by API: look at Realtime in GA4 after a change.',
    'Nulls, lists (except products, sent as items) and objects in properties are left out: GA4 drops an event that holds one.',
    'At most 25 parameters an event; names of 40 and texts of 100 characters, cut where longer.',
    'Events older than 72 hours are refused here, because GA4 drops them in silence.',
    'The client id is the anonymous id, or the user id where there is none: it joins with browser data only if your application uses the one of the _ga cookie.',
    'One request carries events of one person only, at most 25.',
    'The secret travels in the query of the URL, as Google demands: proxies between may log it.',
  ],
  encode,
  classify,
  erasure: ga4Erasure,
};
