/**
 * A signed webhook by the Standard Webhooks specification (github.com/standard-webhooks): one event a
 * request, recognised again by `webhook-id`, signed with HMAC-SHA256 over `id.timestamp.body`.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { z } from '#contract/zod.ts';
import { eventTypes, type GatewayEvent } from '#gateway/pipeline/event.ts';
import type { Connector, EncodeContext, Encoded, EncodedRequest, Outcome, VendorResponse } from '../connector.ts';
import { mask } from '../detail.ts';
import { eventTimeMs } from '../fields.ts';
import { isLongerThan, parseBody, toJson } from '../json.ts';
import { headerKey } from '../keys.ts';
import { confirmed, forAll, isGood, outcomeOfStatus } from '../outcomes.ts';
import { createWebhookErasure } from './erasure.ts';

const settings = z.strictObject({
  /** Sends a webhook of the type person.erased where a person is erased. The receiver must know what to do with it. */
  sendErasures: z.boolean().default(false),
});
type Settings = z.output<typeof settings>;

/** Ours: the specification advises small bodies and names no limit. */
const maxBodyBytes = 1_000_000;

/** The last key made, kept with the credential object it was drawn from, and gone with it. */
const keys = new WeakMap<Readonly<Record<string, string>>, { readonly secret: string; readonly key: KeyObject }>();

function keyOf(credential: Readonly<Record<string, string>>): KeyObject {
  const secret = credential.secret ?? '';
  const known = keys.get(credential);
  if (known?.secret === secret) return known.key;
  const key = createSecretKey(Buffer.from(secret.trim().replace(/^whsec_/, ''), 'base64'));
  keys.set(credential, { secret, key });
  return key;
}

/** Writes times. What came in one millisecond, or goes to several receivers, asks for the same one again and again. */
function createIsoTime(): (timeMs: number) => string {
  let lastMs = Number.NaN;
  let text = '';
  return (timeMs) => {
    if (timeMs === lastMs) return text;
    const date = new Date(timeMs);
    text = (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
    lastMs = timeMs;
    return text;
  };
}
const happenedAt = createIsoTime();
const arrivedAt = createIsoTime();

function bodyOf(event: GatewayEvent): string | null {
  return toJson({
    type: event.type,
    timestamp: happenedAt(eventTimeMs(event)),
    data: {
      messageId: event.messageId,
      source: event.source,
      name: event.name,
      userId: event.userId,
      anonymousId: event.anonymousId,
      groupId: event.groupId,
      previousId: event.previousId,
      receivedAt: arrivedAt(event.receivedAt),
      properties: event.properties,
      traits: event.traits,
      context: event.context,
    },
  });
}

function sign(id: string, body: string, { credential, now }: EncodeContext<Settings>): EncodedRequest['headers'] {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', keyOf(credential)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

function encode(events: readonly GatewayEvent[], context: EncodeContext<Settings>): Encoded {
  const requests: EncodedRequest[] = [];
  const refused: { readonly event: GatewayEvent; readonly detail: string }[] = [];
  for (const event of events) {
    const body = bodyOf(event);
    if (body === null || isLongerThan(body, maxBodyBytes)) {
      refused.push({ event, detail: body === null ? 'nested too deeply for JSON' : `larger than ${maxBodyBytes} bytes` });
      continue;
    }
    const headers = sign(headerKey(event.messageId), body, context);
    requests.push({ method: 'POST', url: context.endpoint, headers, body, events: [event] });
  }
  return { requests, refused };
}

const oneConfirmed = [confirmed];
const said = z.union([
  z.object({ message: z.string() }).transform((body) => body.message),
  z.object({ error: z.string() }).transform((body) => body.error),
]);

function outcomeOf(response: VendorResponse): Outcome {
  const text = mask(parseBody(said, response.body) ?? '');
  if (response.status === 410) return { kind: 'authHold', detail: 'HTTP 410: the receiver has switched this endpoint off' };
  const outcome = outcomeOfStatus(response, text);
  // One event a request: there is nothing to halve.
  return outcome.kind === 'bisect' ? { kind: 'rejected', detail: outcome.detail } : outcome;
}

function classify(response: VendorResponse, request: EncodedRequest): readonly Outcome[] {
  if (isGood(response.status)) return request.events.length === 1 ? oneConfirmed : forAll(request, confirmed);
  return forAll(request, outcomeOf(response));
}

export const webhook: Connector<Settings> = {
  id: 'webhook',
  title: 'Signed webhook',
  settings,
  credential: [{ name: 'secret', label: 'Signing secret (whsec_…)', multiline: false }],
  eventTypes,
  defaultEndpoint: () => null,
  maxBatch: 1,
  maxBodyBytes,
  confirms: true,
  dedupe: 'event',
  dedupeNote: 'The receiver recognises a resend by the webhook-id header, which is the message id.',
  dedupeKey: (event) => headerKey(event.messageId),
  freshnessMs: null,
  messagesPeople: false,
  notes: [
    'Standard Webhooks: HMAC-SHA256 over id, timestamp and body; receivers verify with any of its libraries.',
    'One event a request. Any 2xx counts as delivered.',
    '410 means that the receiver has switched the endpoint off: the lane is parked, no event is lost.',
    '429 and 503 are obeyed, with their Retry-After (seconds or a date).',
    'The time in the signature is that of the attempt; receivers refuse what is more than five minutes off.',
  ],
  encode,
  classify,
  erasure: createWebhookErasure(sign),
};
