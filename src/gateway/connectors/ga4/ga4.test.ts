import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliver, tally } from '#tests/support/simulator/deliver.ts';
import { sampleEvent, sampleEvents, sampleNow } from '#tests/support/simulator/sample-event.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import type { EncodeContext, Outcome } from '../connector.ts';
import { ga4 } from './ga4.ts';
import { type Ga4Settings, ga4Settings } from './settings.ts';

const context: EncodeContext<Ga4Settings> = {
  settings: ga4Settings.parse({ measurementId: 'G-ABC1234567' }),
  endpoint: 'https://www.google-analytics.com',
  credential: { apiSecret: 'a/secret+one' },
  now: sampleNow,
};

function encodedEvent(overrides: Parameters<typeof sampleEvent>[0]): { readonly name: string; readonly params: Record<string, unknown> } {
  return JSON.parse(ga4.encode([sampleEvent(overrides)], context).requests[0]!.body!).events[0];
}

function refusal(overrides: Parameters<typeof sampleEvent>[0]): string | undefined {
  return ga4.encode([sampleEvent(overrides)], context).refused[0]?.detail;
}

describe('a GA4 collect call', () => {
  it('is the documented one, with the secret in the query', () => {
    const { requests } = ga4.encode([sampleEvent()], context);
    expect(requests).toEqual([
      {
        method: 'POST',
        url: 'https://www.google-analytics.com/mp/collect?measurement_id=G-ABC1234567&api_secret=a%2Fsecret%2Bone',
        headers: { 'content-type': 'application/json' },
        body:
          '{"client_id":"anon-1","user_id":"user-1","timestamp_micros":1795175998000000,"events":[' +
          '{"name":"Plan_Chosen","params":{"message_id":"message-1","engagement_time_msec":1,"plan":"pro","seats":3},"timestamp_micros":1795175998000000}]}',
        events: [sampleEvent()],
      },
    ]);
  });

  it('carries one person, and at most 25 of their events', () => {
    const mixed = [...sampleEvents(30), ...sampleEvents(2, { userId: 'user-2' }), sampleEvent({ userId: null })];
    const { requests } = ga4.encode(mixed, context);
    expect(requests.map((request) => request.events.length)).toEqual([25, 5, 2, 1]);
    expect(requests.map((request) => JSON.parse(request.body!).user_id)).toEqual(['user-1', 'user-1', 'user-2', undefined]);
  });

  it('leaves out what would make GA4 drop the event in silence', () => {
    const properties = {
      kept: 'yes',
      nothing: null,
      list: [1],
      tree: { a: 1 },
      flag: true,
      ga_own: 1,
      '2nd': 1,
      'with space': 2,
      long: 'x'.repeat(300),
    };
    expect(encodedEvent({ properties }).params).toEqual({
      message_id: 'message-1',
      engagement_time_msec: 1,
      kept: 'yes',
      flag: true,
      with_space: 2,
      long: 'x'.repeat(100),
    });
  });

  it('keeps to 25 parameters', () => {
    const properties = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}`, i]));
    expect(Object.keys(encodedEvent({ properties }).params)).toHaveLength(25);
  });

  it('translates an order and its products', () => {
    const products = [{ product_id: 'sku-1', name: 'Shirt', price: 20, quantity: 2, tags: ['a'] }];
    expect(encodedEvent({ name: 'Order Completed', properties: { order_id: 'o-1', value: 40, currency: 'EUR', products } })).toMatchObject({
      name: 'purchase',
      params: {
        transaction_id: 'o-1',
        value: 40,
        currency: 'EUR',
        items: [{ item_id: 'sku-1', item_name: 'Shirt', price: 20, quantity: 2 }],
      },
    });
  });

  it('makes a page view of a page', () => {
    const page = encodedEvent({ type: 'page', name: 'Plans', properties: {} });
    expect(page).toMatchObject({ name: 'page_view', params: { page_location: 'https://shop.example/plans', page_title: 'Plans' } });
  });

  it('refuses aloud what GA4 would drop in silence', () => {
    expect(refusal({ name: 'session_start' })).toBe('GA4 reserves the event name session_start and would drop it in silence');
    expect(refusal({ name: '42' })).toBe('GA4 wants event names that begin with a letter');
    expect(refusal({ userId: null, anonymousId: null })).toBe('has neither an anonymous id nor a user id, and GA4 wants a client id');
    expect(refusal({ timestamp: sampleNow - 73 * 3_600_000 })).toBe('older than 72 hours, which GA4 drops in silence');
  });
});

describe('a GA4 answer', () => {
  const [request] = ga4.encode(sampleEvents(2), context).requests;
  const classify = (status: number): Outcome => ga4.classify({ status, headers: {}, body: '' }, request!)[0]!;

  it('accepts on a 2xx and never confirms', () => {
    expect(classify(204)).toEqual({ kind: 'delivered', confirmed: false });
    expect(classify(200)).toEqual({ kind: 'delivered', confirmed: false });
  });

  it('is sent again only where the server failed', () => {
    expect(classify(500)).toMatchObject({ kind: 'retry' });
    expect(classify(400)).toEqual({ kind: 'rejected', detail: 'HTTP 400' });
    expect(classify(413)).toMatchObject({ kind: 'bisect' });
  });

  it('cannot be checked, and no key tells a resend', () => {
    expect(ga4.check).toBeUndefined();
    expect(ga4.dedupeKey(sampleEvent())).toBeNull();
  });
});

describe('GA4 over HTTP', () => {
  let simulator: Simulator;
  let live: EncodeContext<Ga4Settings>;
  beforeAll(async () => {
    simulator = await createSimulator({ credentials: { ga4: 'a/secret+one' } });
  });
  beforeEach(() => {
    simulator.dial({ vendor: 'ga4', failure: 'ok' });
    live = { ...context, endpoint: simulator.endpoint('ga4'), now: Date.now() };
  });
  afterAll(() => simulator.close());
  const fresh = (count: number) => sampleEvents(count, { timestamp: Date.now() - 2000, receivedAt: Date.now() - 1000 });

  it('arrives, and is accepted', async () => {
    const { outcomes, requests } = await deliver(ga4, fresh(30), live);
    expect(tally(outcomes.values())).toEqual({ accepted: 30 });
    expect(requests).toBe(2);
    expect(simulator.stored('ga4').get('message-30')).toBe(1);
    expect(simulator.counters().ga4).toMatchObject({ stored: 30, silentlyDropped: 0 });
  });

  it('looks just as good with a wrong secret, while everything is dropped', async () => {
    const before = simulator.counters().ga4!;
    const { outcomes } = await deliver(ga4, fresh(3), { ...live, credential: { apiSecret: 'stale' } });
    expect(tally(outcomes.values())).toEqual({ accepted: 3 });
    const after = simulator.counters().ga4!;
    expect(after.silentlyDropped - before.silentlyDropped).toBe(3);
    expect(after.stored).toBe(before.stored);
  });

  it('drops in silence when its credential is dialled dead', async () => {
    simulator.dial({ vendor: 'ga4', failure: '401' });
    const before = simulator.counters().ga4!.silentlyDropped;
    expect(tally((await deliver(ga4, fresh(2), live)).outcomes.values())).toEqual({ accepted: 2 });
    expect(simulator.counters().ga4!.silentlyDropped - before).toBe(2);
  });

  it('counts twice what is sent again after a reset: it cannot dedupe', async () => {
    simulator.dial({ vendor: 'ga4', failure: 'reset' });
    const twice = fresh(2).map((event) => ({ ...event, messageId: `twice-${event.messageId}` }));
    expect(tally((await deliver(ga4, twice, live)).outcomes.values())).toEqual({ uncertain: 2 });
    simulator.dial({ vendor: 'ga4', failure: 'ok' });
    await deliver(ga4, twice, live);
    expect(simulator.stored('ga4').get('twice-message-1')).toBe(2);
  });

  it('waits and retries where the service fails', async () => {
    simulator.dial({ vendor: 'ga4', failure: '429' });
    expect(tally((await deliver(ga4, fresh(1), live)).outcomes.values())).toEqual({ throttled: 1 });
    simulator.dial({ vendor: 'ga4', failure: '500' });
    expect(tally((await deliver(ga4, fresh(1), live)).outcomes.values())).toEqual({ retry: 1 });
  });
});
