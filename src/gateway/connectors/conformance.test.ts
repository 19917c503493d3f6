import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTypes, type GatewayEvent } from '#gateway/pipeline/event.ts';
import { sampleEvent, sampleNow } from '#tests/support/simulator/sample-event.ts';
import { checkViolations, classifyViolations, encodeViolations, metadataViolations } from './conformance.ts';
import type { Connector, EncodeContext, EncodedRequest, VendorResponse } from './connector.ts';
import { createRegistry } from './registry.ts';

const setUps: Readonly<Record<string, { readonly settings: unknown; readonly credential: Readonly<Record<string, string>> }>> = {
  mixpanel: { settings: { projectId: '12345' }, credential: { username: 'robot.1a2b3c', secret: 'Zx9-mixpanel-secret' } },
  ga4: { settings: { measurementId: 'G-TEST1234' }, credential: { apiSecret: 'Zx9/ga4+secret' } },
  meta: { settings: { datasetId: '987654321' }, credential: { token: 'EAABsbCS1iHgBAZx9metatoken' } },
  webhook: { settings: {}, credential: { secret: `whsec_${Buffer.from('a webhook secret of ours').toString('base64')}` } },
};

function contextFor(connector: Connector): EncodeContext<unknown> {
  const { settings, credential } = setUps[connector.id]!;
  return { settings: connector.settings.parse(settings), endpoint: 'http://127.0.0.1:9/vendor', credential, now: sampleNow };
}

const jsonObject = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 });
const known = fc.record(
  {
    email: fc.oneof(fc.emailAddress(), fc.jsonValue()),
    phone: fc.oneof(fc.string(), fc.integer()),
    address: fc.oneof(fc.record({ city: fc.string(), postalCode: fc.string() }), fc.jsonValue()),
    products: fc.oneof(
      fc.array(fc.record({ product_id: fc.string(), price: fc.double() }, { requiredKeys: [] }), { maxLength: 5 }),
      fc.jsonValue(),
    ),
    currency: fc.jsonValue(),
    value: fc.jsonValue(),
    page: fc.jsonValue(),
    traits: fc.jsonValue(),
    userAgent: fc.jsonValue(),
    __proto__: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const fields = fc.tuple(jsonObject, known).map((parts) => Object.assign({}, ...parts) as Record<string, unknown>);
const id = fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: null });

const anyEvent: fc.Arbitrary<GatewayEvent> = fc.record({
  source: fc.string(),
  messageId: fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
  type: fc.constantFrom(...eventTypes),
  name: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Order Completed', 'session_start', '__proto__', 'constructor')),
  userId: id,
  anonymousId: id,
  timestamp: fc.oneof(fc.integer({ min: sampleNow - 9 * 86_400_000, max: sampleNow + 86_400_000 }), fc.double()),
  receivedAt: fc.integer({ min: sampleNow - 86_400_000, max: sampleNow }),
  properties: fields,
  traits: fields,
  context: fields,
  groupId: id,
  previousId: id,
});

const textBody = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constant('<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>'),
  fc.json(),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString()),
);
const metaBody = fc
  .record({
    error: fc.record(
      {
        code: fc.oneof(fc.integer(), fc.constantFrom(190, 100, 4, 2, 200)),
        message: fc.string(),
        error_subcode: fc.integer(),
        is_transient: fc.boolean(),
      },
      { requiredKeys: ['code'] },
    ),
  })
  .map((body) => JSON.stringify(body));
const mixpanelBody = fc
  .record({
    code: fc.integer(),
    num_records_imported: fc.nat(5),
    failed_records: fc.array(
      fc.record(
        {
          index: fc.integer({ min: -2, max: 6 }),
          insert_id: fc.string(),
          $insert_id: fc.string(),
          message: fc.string(),
          field: fc.string(),
        },
        { requiredKeys: [] },
      ),
    ),
  })
  .map((body) => JSON.stringify(body));
const whole = fc.oneof(textBody, metaBody, mixpanelBody);
const anyBody = fc.oneof(
  whole,
  fc.tuple(whole, fc.nat(60)).map(([text, cut]) => text.slice(0, cut)),
);
const anyResponse: fc.Arbitrary<VendorResponse> = fc.record({
  status: fc.oneof(fc.integer({ min: 100, max: 999 }), fc.constantFrom(200, 204, 400, 401, 403, 404, 410, 413, 429, 500, 503)),
  headers: fc.oneof(
    fc.constant({}),
    fc.record({
      'retry-after': fc.oneof(fc.string(), fc.nat().map(String), fc.constant('Fri, 20 Nov 2026 13:00:00 GMT')),
      date: fc.string(),
    }),
  ),
  body: anyBody,
});

describe.each(createRegistry().list())('the $id connector', (connector) => {
  const context = contextFor(connector);
  const good = [sampleEvent(), sampleEvent({ messageId: 'message-2' }), sampleEvent({ messageId: 'message-3' })];
  const request: EncodedRequest = connector.encode(good, context).requests[0]!;

  it('describes itself in full', () => {
    expect(metadataViolations(connector)).toEqual([]);
  });

  it('encodes any JSON event or refuses it, and never throws', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        expect(encodeViolations(connector, events, context)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses an event that is nested too deeply to be written', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 50_000; i++) deep = [deep];
    const { requests, refused } = connector.encode([sampleEvent({ properties: { items: 1, value: 2, deep } })], context);
    expect(requests.length + refused.length).toBe(1);
  });

  it('keeps to the limits of its vendor with many and large events', () => {
    const events = Array.from({ length: 2100 }, (_, index) =>
      sampleEvent({ messageId: `message-${index}`, properties: { text: 'é'.repeat(index % 7 === 0 ? 4000 : 10) } }),
    );
    expect(encodeViolations(connector, events, context)).toEqual([]);
    const huge = sampleEvent({
      messageId: 'huge',
      properties: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`text${i}`, 'é'.repeat(60_000)])),
    });
    expect(encodeViolations(connector, [huge, ...good], context)).toEqual([]);
  });

  it('gives every message id its own key', () => {
    if (connector.dedupe === 'none') return;
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 2, maxLength: 50 }), (ids) => {
        const keys = new Set(ids.map((messageId) => connector.dedupeKey(sampleEvent({ messageId }))));
        expect(keys.size).toBe(ids.length);
      }),
    );
  });

  it('sends the same key at every attempt', () => {
    const later = connector.encode(good, { ...context, now: context.now + 3_600_000 });
    expect(later.requests.flatMap((one) => one.events.map((event) => connector.dedupeKey(event)))).toEqual(
      good.map((event) => connector.dedupeKey(event)),
    );
  });

  it('gives exactly one outcome per event for any answer', () => {
    fc.assert(
      fc.property(anyResponse, (response) => {
        expect(classifyViolations(connector, response, request, context.credential)).toEqual([]);
        expect(checkViolations(connector, response, context)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('never shows its credential, even where the vendor repeats it', () => {
    for (const secret of Object.values(context.credential)) {
      const told = [`bad credential ${secret}`, `${encodeURIComponent(secret)} is wrong`, `${'x '.repeat(90)}${secret}`];
      for (const text of told) {
        const bodies = [
          { error: text, failed_records: [{ index: 0, message: text, field: text }] },
          { error: { code: 190, message: text } },
          { error: { code: 100, error_user_msg: text } },
          { message: text },
        ];
        for (const body of bodies) {
          for (const status of [200, 400, 401, 413, 429, 500]) {
            const response = { status, headers: {}, body: JSON.stringify(body) };
            expect(classifyViolations(connector, response, request, context.credential)).toEqual([]);
            expect(checkViolations(connector, response, context)).toEqual([]);
          }
        }
      }
    }
  });

  it('does not break without a credential', () => {
    expect(encodeViolations(connector, good, { ...context, credential: {} })).toEqual([]);
  });
});

describe('the conformance checks', () => {
  const [sample] = createRegistry().list();
  const connector = sample!;
  const context = contextFor(connector);

  it('notice a lost event, a wrong count of outcomes, and a credential in a detail', () => {
    const forgetful: Connector = { ...connector, encode: () => ({ requests: [], refused: [] }) };
    expect(encodeViolations(forgetful, [sampleEvent()], context)).toContain('loses, doubles or invents an event');
    const [request] = connector.encode([sampleEvent()], context).requests;
    const response = { status: 401, headers: {}, body: '' };
    const silent = { confirms: true, classify: () => [] };
    expect(classifyViolations(silent, response, request!, context.credential)).toContain('0 outcomes for 1 events');
    const chatty = { confirms: true, classify: () => [{ kind: 'authHold' as const, detail: `no ${context.credential.apiSecret}` }] };
    expect(classifyViolations(chatty, response, request!, context.credential)).toContain('a detail that shows the credential');
  });

  it('notice a key that is made from more than the message id', () => {
    const careless: Connector = { ...connector, dedupe: 'event', dedupeKey: (event) => `${event.messageId}${event.timestamp}` };
    expect(encodeViolations(careless, [sampleEvent()], context)).toContain('its dedupe key depends on more than the message id');
  });
});

describe('the registry', () => {
  it('knows its connectors by id and nothing else', () => {
    const registry = createRegistry();
    for (const connector of registry.list()) expect(registry.get(connector.id)).toBe(connector);
    expect(registry.get('constructor')).toBeNull();
    expect(registry.list().map((connector) => connector.id)).toEqual(['ga4', 'meta', 'mixpanel', 'webhook']);
  });
});
