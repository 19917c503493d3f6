/**
 * Events for the Conversions API. One bad event makes Meta refuse its whole request, so whatever is known
 * to be refused is refused here, alone.
 */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { type Part, packBatches } from '../batching.ts';
import type { EncodeContext, Encoded, EncodedRequest } from '../connector.ts';
import { eventTimeMs, headerSafe, objectAt, textAt } from '../fields.ts';
import { isLongerThan, toJson } from '../json.ts';
import { customDataOf, eventNameOf } from './custom-data.ts';
import { type ActionSource, actionSources, type MetaSettings } from './settings.ts';
import { userDataOf } from './user-data.ts';

export const maxBatch = 1000;
/** About 1 MB, by a second-hand source; Meta publishes none. */
export const maxBodyBytes = 1_000_000;
const overheadBytes = 200;
const dayMs = 86_400_000;
export const freshnessMs = 7 * dayMs;
const storeFreshnessMs = 62 * dayMs;

/** Oldest event that Meta takes, ms: what happened in a shop may be reported much later. */
export function freshnessOf(event: GatewayEvent, settings: MetaSettings): number {
  return sourceOf(event, settings) === 'physical_store' ? storeFreshnessMs : freshnessMs;
}

function sourceOf(event: GatewayEvent, settings: MetaSettings): ActionSource {
  const own = event.properties.action_source;
  return actionSources.find((source) => source === own) ?? settings.actionSource;
}

/** Meta's required fields, each checked; the first that is missing in words, or null. */
function lackOf(
  name: string,
  source: ActionSource,
  url: string | undefined,
  agent: unknown,
  custom: Readonly<Record<string, unknown>>,
): string | null {
  if (name === '') return 'has no event name';
  if (source === 'website' && url === undefined) return 'has no page URL (context.page.url), which Meta requires of a website event';
  if (source === 'website' && agent === undefined) return 'has no user agent (context.userAgent), which Meta requires of a website event';
  if (name === 'Purchase' && !/^[A-Z]{3}$/.test(String(custom.currency))) return 'is a Purchase without a currency of three letters';
  if (name === 'Purchase' && custom.value === undefined) return 'is a Purchase without a value';
  return null;
}

function partOf(event: GatewayEvent, context: EncodeContext<MetaSettings>): { readonly json: string } | { readonly refusal: string } {
  const { settings } = context;
  const name = eventNameOf(event, settings).trim();
  const source = sourceOf(event, settings);
  const timeMs = eventTimeMs(event);
  const limitMs = freshnessOf(event, settings);
  if (context.now - timeMs > limitMs) return { refusal: `older than ${limitMs / dayMs} days, which Meta refuses` };
  const url = textAt(objectAt(event.context, 'page'), 'url') ?? textAt(event.properties, 'url');
  const user = userDataOf(event);
  const custom = customDataOf(event, settings);
  const lack = lackOf(name, source, url, user.data.client_user_agent, custom);
  if (lack) return { refusal: lack };
  if (!user.isUsable) return { refusal: 'holds nothing by which Meta could know the person' };
  const json = toJson({
    event_name: name,
    event_time: Math.floor(timeMs / 1000),
    event_id: event.messageId,
    action_source: source,
    event_source_url: url,
    user_data: user.data,
    ...(Object.keys(custom).length > 0 ? { custom_data: custom } : undefined),
    ...(settings.limitedDataUse
      ? { data_processing_options: ['LDU'], data_processing_options_country: 0, data_processing_options_state: 0 }
      : undefined),
  });
  if (json === null) return { refusal: 'nested too deeply for JSON' };
  return isLongerThan(json, maxBodyBytes - overheadBytes) ? { refusal: 'larger than the 1 MB that Meta takes' } : { json };
}

/** The token goes in a header, never in a URL, which proxies and servers log. */
export function headersOf(credential: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${headerSafe(credential.token)}` };
}

/** `POST /v{version}/{dataset}/events`. */
export function encode(events: readonly GatewayEvent[], context: EncodeContext<MetaSettings>): Encoded {
  const parts: Part[] = [];
  const refused: { readonly event: GatewayEvent; readonly detail: string }[] = [];
  for (const event of events) {
    const part = partOf(event, context);
    if ('json' in part) parts.push({ event, json: part.json });
    else refused.push({ event, detail: part.refusal });
  }
  const { apiVersion, datasetId, testEventCode } = context.settings;
  const url = `${context.endpoint}/v${apiVersion}/${datasetId}/events`;
  const headers = headersOf(context.credential);
  const tail = testEventCode ? `,"test_event_code":${JSON.stringify(testEventCode)}` : '';
  const requests = packBatches(parts, { events: maxBatch, bytes: maxBodyBytes, overheadBytes }).map(
    (batch): EncodedRequest => ({
      method: 'POST',
      url,
      headers,
      body: `{"data":[${batch.map((part) => part.json).join(',')}]${tail}}`,
      events: batch.map((part) => part.event),
    }),
  );
  return { requests, refused };
}
