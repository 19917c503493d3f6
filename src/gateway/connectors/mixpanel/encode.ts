import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { type Part, packBatches } from '../batching.ts';
import type { EncodeContext, Encoded, EncodedRequest } from '../connector.ts';
import { eventTimeMs, objectAt, textAt } from '../fields.ts';
import { isLongerThan, toJson } from '../json.ts';
import { compactKey } from '../keys.ts';
import type { MixpanelSettings } from './settings.ts';

export const maxBatch = 2000;
/** The documentation names 10 MB, its example of a refusal 2,097,152 bytes: the smaller one is safe under both. */
export const maxBodyBytes = 2_000_000;
const maxEventBytes = 1_000_000;
const maxProperties = 254;
/** 1 January 1971: Mixpanel takes nothing older. */
const earliestMs = 31_536_000_000;

/** One name for all pages and one for all screens, with the page's own name as a property: names are a scarce, curated list at Mixpanel. */
function nameOf(event: GatewayEvent): string {
  if (event.type === 'page') return 'Page Viewed';
  return event.type === 'screen' ? 'Screen Viewed' : event.name;
}

function propertiesOf(event: GatewayEvent): Record<string, unknown> {
  const page = objectAt(event.context, 'page');
  return {
    $current_url: textAt(page, 'url'),
    $referrer: textAt(page, 'referrer'),
    $os: textAt(objectAt(event.context, 'os'), 'name'),
    ip: textAt(event.context, 'ip'),
    ...(event.type === 'track' ? undefined : { name: event.name }),
    ...event.properties,
    // Written last, so that no property of the application's can take their place.
    time: eventTimeMs(event),
    distinct_id: event.userId ?? event.anonymousId ?? '',
    $device_id: event.anonymousId ?? undefined,
    $user_id: event.userId ?? undefined,
    $insert_id: compactKey(event.messageId),
  };
}

function partOf(event: GatewayEvent): { readonly json: string } | { readonly refusal: string } {
  if (event.name === '') return { refusal: 'has no event name' };
  if (eventTimeMs(event) < earliestMs) return { refusal: 'older than 1971, which Mixpanel refuses' };
  const properties = propertiesOf(event);
  if (Object.keys(properties).length > maxProperties) return { refusal: `more than ${maxProperties} properties, which Mixpanel refuses` };
  const json = toJson({ event: nameOf(event), properties });
  if (json === null) return { refusal: 'nested too deeply for JSON' };
  return isLongerThan(json, maxEventBytes) ? { refusal: 'larger than 1 MB, which Mixpanel refuses' } : { json };
}

/** Service account as HTTP Basic. */
export function authorization(credential: Readonly<Record<string, string>>): string {
  const pair = `${(credential.username ?? '').trim()}:${(credential.secret ?? '').trim()}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** `POST /import?strict=1`: an array of events, each with its `$insert_id`. */
export function encode(events: readonly GatewayEvent[], context: EncodeContext<MixpanelSettings>): Encoded {
  const parts: Part[] = [];
  const refused: { readonly event: GatewayEvent; readonly detail: string }[] = [];
  for (const event of events) {
    const part = partOf(event);
    if ('json' in part) parts.push({ event, json: part.json });
    else refused.push({ event, detail: part.refusal });
  }
  const url = `${context.endpoint}/import?strict=1&project_id=${encodeURIComponent(context.settings.projectId)}`;
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: authorization(context.credential) };
  const requests = packBatches(parts, { events: maxBatch, bytes: maxBodyBytes, overheadBytes: 2 }).map(
    (batch): EncodedRequest => ({
      method: 'POST',
      url,
      headers,
      body: `[${batch.map((part) => part.json).join(',')}]`,
      events: batch.map((part) => part.event),
    }),
  );
  return { requests, refused };
}
