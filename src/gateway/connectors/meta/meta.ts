/** Meta Conversions API. Facts: developers.facebook.com, marketing-api/conversions-api, read November 2026. */
import { z } from '#contract/zod.ts';
import type { Connector, EncodeContext, EncodedRequest, VendorResponse } from '../connector.ts';
import { parseBody } from '../json.ts';
import { classify, errorAnswer } from './classify.ts';
import { encode, freshnessMs, freshnessOf, headersOf, maxBatch, maxBodyBytes } from './encode.ts';
import { type MetaSettings, metaSettings } from './settings.ts';

function encodeCheck(context: EncodeContext<MetaSettings>): EncodedRequest {
  const { apiVersion, datasetId } = context.settings;
  const url = `${context.endpoint}/v${apiVersion}/${datasetId}?fields=id,name`;
  return { method: 'GET', url, headers: headersOf(context.credential), body: null, events: [] };
}

const dataset = z.object({ id: z.string() });

/** Only a dead token is a clear no: a token that may send events need not have the right to read the dataset. */
function classifyCheck(response: VendorResponse): { readonly verdict: 'works' | 'refused' | 'unknown'; readonly detail: string } {
  const failed = parseBody(errorAnswer, response.body);
  if (failed) {
    const { code } = failed.error;
    if (code === 190 || code === 102) return { verdict: 'refused', detail: `Meta refused this token (error ${code}).` };
    return { verdict: 'unknown', detail: `Meta answered error ${code}, which does not tell whether the token may send events.` };
  }
  if (response.status === 200 && parseBody(dataset, response.body))
    return { verdict: 'works', detail: 'Meta knows this token and lets it see the dataset.' };
  return { verdict: 'unknown', detail: `Meta answered HTTP ${response.status} without saying anything about the token.` };
}

export const meta: Connector<MetaSettings> = {
  id: 'meta',
  title: 'Meta Conversions API',
  settings: metaSettings,
  credential: [{ name: 'token', label: 'Access token of a system user or from Events Manager', multiline: false }],
  eventTypes: ['track', 'page'],
  defaultEndpoint: () => 'https://graph.facebook.com',
  maxBatch,
  maxBodyBytes,
  takes: { http2: true },
  confirms: true,
  dedupe: 'event',
  dedupeNote: 'By event_id (the message id) with the event name, within 48 hours; a resend later than that counts twice.',
  dedupeWindowMs: 48 * 3_600_000,
  dedupeKey: (event) => event.messageId,
  freshnessMs,
  freshnessOf,
  messagesPeople: false,
  notes: [
    'One bad event makes Meta refuse its whole request: the lane halves it until the bad event is alone.',
    'Events older than 7 days are refused (62 days for physical_store); Meta advises to send within the hour.',
    'A website event needs context.page.url and context.userAgent; a Purchase needs a currency and a value.',
    'E-mail, phone, names, birthday, gender, address and ids are normalised and hashed (SHA-256) before they leave.',
    'Only known properties are sent as custom_data, plus those listed in the settings.',
    'Errors are told by their code, whatever the HTTP status says. A dead token parks the lane.',
    'Revoking tokens in the user interface may end all tokens of that system user at once (unverified).',
    'The credential check reads the dataset; that a token for sending may do so is unverified.',
  ],
  encode,
  classify,
  erasure:
    'Meta has no call that erases one person. Have the person removed by Meta’s support or in the app that collected the data, then say so with erasure.settle.',
  check: { encode: encodeCheck, classify: classifyCheck },
};
