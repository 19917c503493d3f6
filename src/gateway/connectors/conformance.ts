/**
 * What every connector must hold to, whoever writes it. Pure: each function returns what is broken, in words,
 * so that it can be run over examples and over random events alike. `conformance.test.ts` does both.
 */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { Connector, EncodeContext, EncodedRequest, Outcome, VendorResponse } from './connector.ts';

const longestDetail = 300;
const headerName = /^[a-z0-9-]+$/;
const headerValue = /^[\x20-\x7e]*$/;

function keyViolations(connector: Connector, event: GatewayEvent): readonly string[] {
  const key = connector.dedupeKey(event);
  if (connector.dedupe === 'none') return key === null ? [] : ['has a dedupe key though it cannot dedupe'];
  if (key === null || key === '') return [`has no dedupe key for ${event.messageId}`];
  const other: GatewayEvent = {
    ...event,
    source: `${event.source}2`,
    name: `${event.name}2`,
    timestamp: 1,
    receivedAt: 2,
    userId: 'other',
    properties: { other: true },
  };
  return connector.dedupeKey(other) === key ? [] : ['its dedupe key depends on more than the message id'];
}

function requestViolations(connector: Connector, request: EncodedRequest, endpoint: string): readonly string[] {
  const found: string[] = [];
  const bytes = Buffer.byteLength(request.body ?? '');
  if (request.events.length === 0) found.push('makes a request without events');
  if (request.events.length > connector.maxBatch)
    found.push(`puts ${request.events.length} events into a request, more than ${connector.maxBatch}`);
  if (connector.dedupe === 'request' && request.events.length > 1) found.push('puts several events under one key');
  if (bytes > connector.maxBodyBytes) found.push(`makes a body of ${bytes} bytes, more than ${connector.maxBodyBytes}`);
  if (!request.url.startsWith(endpoint)) found.push('leaves the endpoint');
  for (const [name, value] of Object.entries(request.headers)) {
    if (!headerName.test(name)) found.push(`header ${name} is not in lower case`);
    if (!headerValue.test(value)) found.push(`header ${name} cannot be sent`);
  }
  const sent = `${request.body} ${Object.values(request.headers).join(' ')}`;
  for (const event of request.events) {
    const key = connector.dedupeKey(event);
    if (key !== null && !sent.includes(JSON.stringify(key).slice(1, -1))) found.push('does not send its dedupe key');
  }
  return found;
}

function isSame(one: readonly GatewayEvent[], two: readonly GatewayEvent[]): boolean {
  return one.length === two.length && one.every((event) => two.includes(event));
}

/** Encodes and checks: no event lost, doubled or changed; limits, keys, headers; the same input gives the same output. */
export function encodeViolations<Settings>(
  connector: Connector<Settings>,
  events: readonly GatewayEvent[],
  context: EncodeContext<Settings>,
): readonly string[] {
  const before = JSON.stringify(events);
  const encoded = connector.encode(events, context);
  const found = [
    ...events.flatMap((event) => keyViolations(connector, event)),
    ...encoded.requests.flatMap((request) => requestViolations(connector, request, context.endpoint)),
  ];
  const handled = [...encoded.requests.flatMap((request) => request.events), ...encoded.refused.map((refusal) => refusal.event)];
  if (!isSame(handled, events)) found.push('loses, doubles or invents an event');
  if (JSON.stringify(events) !== before) found.push('changes an event');
  if (JSON.stringify(connector.encode(events, context)) !== JSON.stringify(encoded)) found.push('does not encode the same twice');
  for (const { detail } of encoded.refused) found.push(...detailViolations(detail, context.credential));
  return found;
}

function detailViolations(detail: string, credential: Readonly<Record<string, string>>): readonly string[] {
  const found: string[] = [];
  if (detail.length > longestDetail) found.push(`a detail of ${detail.length} characters`);
  if (/[\r\n]/.test(detail)) found.push('a detail of several lines');
  for (const secret of Object.values(credential))
    if (secret.length >= 4 && detail.includes(secret)) found.push('a detail that shows the credential');
  return found;
}

function outcomeViolations(
  outcome: Outcome,
  response: VendorResponse,
  connector: { readonly confirms: boolean },
  credential: Readonly<Record<string, string>>,
): readonly string[] {
  const isGood = response.status >= 200 && response.status < 300;
  if (outcome.kind !== 'delivered') {
    const isBlamed = outcome.kind === 'rejected' && response.status >= 500 && response.status < 600;
    return [...detailViolations(outcome.detail, credential), ...(isBlamed ? ['blames an event for a failure of the server'] : [])];
  }
  if (outcome.confirmed && !connector.confirms) return ['confirms what its vendor never confirms'];
  // A partial success inside a 400 is real (Mixpanel); one inside any other failure is not.
  return !isGood && response.status !== 400 ? [`delivers on HTTP ${response.status}`] : [];
}

/** Classifies and checks: one outcome per event, details that can be shown, no delivery invented. */
export function classifyViolations(
  connector: Pick<Connector, 'classify' | 'confirms'>,
  response: VendorResponse,
  request: EncodedRequest,
  credential: Readonly<Record<string, string>>,
): readonly string[] {
  const outcomes = connector.classify(response, request);
  const found = outcomes.flatMap((outcome) => outcomeViolations(outcome, response, connector, credential));
  if (outcomes.length !== request.events.length) found.push(`${outcomes.length} outcomes for ${request.events.length} events`);
  return found;
}

/** Checks the credential check: it goes out without a body, and never shows the credential. */
export function checkViolations<Settings>(
  connector: Connector<Settings>,
  response: VendorResponse,
  context: EncodeContext<Settings>,
): readonly string[] {
  if (!connector.check) return [];
  const request = connector.check.encode(context);
  const { detail } = connector.check.classify(response);
  const found = [...detailViolations(detail, context.credential)];
  if (request.events.length > 0 || (request.method === 'GET' && request.body !== null)) found.push('a check that is not harmless');
  for (const secret of Object.values(context.credential))
    if (request.url.includes(secret)) found.push('a check with the credential in its URL');
  return found;
}

/** Checks the table. */
export function metadataViolations(connector: Connector): readonly string[] {
  const found: string[] = [];
  if (!/^[a-z][a-z0-9-]*$/.test(connector.id)) found.push('an id that is not kebab-case');
  if (connector.eventTypes.length === 0) found.push('no event types');
  if (connector.maxBatch < 1 || connector.maxBodyBytes < 1) found.push('limits below one');
  if (connector.notes.length === 0 || connector.dedupeNote === '') found.push('nothing said to operators');
  if (connector.settings.safeParse({ surelyUnknown: 1 }).success) found.push('settings that take unknown keys');
  return found;
}
