import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliver, sendOnce, tally } from '#tests/support/simulator/deliver.ts';
import { sampleEvent, sampleEvents, sampleNow } from '#tests/support/simulator/sample-event.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import type { EncodeContext, Outcome } from '../connector.ts';
import { meta } from './meta.ts';
import { type MetaSettings, metaSettings } from './settings.ts';

const context: EncodeContext<MetaSettings> = {
  settings: metaSettings.parse({ datasetId: '987654321' }),
  endpoint: 'https://graph.facebook.com',
  credential: { token: ' EAABtoken\n' },
  now: sampleNow,
};

function encoded(overrides: Parameters<typeof sampleEvent>[0], settings: Partial<MetaSettings> = {}): Record<string, unknown> {
  const { requests } = meta.encode([sampleEvent(overrides)], { ...context, settings: { ...context.settings, ...settings } });
  return JSON.parse(requests[0]!.body!).data[0];
}

function refusal(overrides: Parameters<typeof sampleEvent>[0], settings: Partial<MetaSettings> = {}): string | undefined {
  return meta.encode([sampleEvent(overrides)], { ...context, settings: { ...context.settings, ...settings } }).refused[0]?.detail;
}

describe('a Meta request', () => {
  it('is the documented call, with the token in a header', () => {
    const { requests } = meta.encode([sampleEvent()], { ...context, settings: { ...context.settings, testEventCode: 'TEST1' } });
    expect(requests).toHaveLength(1);
    const { body, ...rest } = requests[0]!;
    expect(rest).toEqual({
      method: 'POST',
      url: 'https://graph.facebook.com/v25.0/987654321/events',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer EAABtoken' },
      events: [sampleEvent()],
    });
    expect(JSON.parse(body!)).toEqual({
      data: [
        {
          event_name: 'Plan Chosen',
          event_time: sampleNow / 1000 - 2,
          event_id: 'message-1',
          action_source: 'website',
          event_source_url: 'https://shop.example/plans',
          user_data: {
            // printf user-1 | sha256sum; printf anon-1 | sha256sum
            external_id: [
              'c6c289e49e9c05b2145860387b73bcb18df43fb09a1e4a4a9713c76c88bb541b',
              '2e96105c29d2c92c48ffb367fa6e4b40db08207d649bcf83aa1cec30532a1e17',
            ],
            client_ip_address: '203.0.113.7',
            client_user_agent: 'Mozilla/5.0',
          },
        },
      ],
      test_event_code: 'TEST1',
    });
  });

  it('translates an order, and sends no property that is not known', () => {
    const properties = {
      order_id: 'o-1',
      revenue: '40.5',
      currency: 'eur',
      email: 'ada@example.org',
      coupon: 'X',
      products: [{ sku: 's1', price: 20 }, 'junk'],
    };
    expect(encoded({ name: 'Order Completed', properties })).toMatchObject({ event_name: 'Purchase' });
    expect(encoded({ name: 'Order Completed', properties }).custom_data).toEqual({
      currency: 'EUR',
      order_id: 'o-1',
      value: 40.5,
      contents: [{ id: 's1', quantity: 1, item_price: 20 }],
      content_type: 'product',
    });
    expect(encoded({ properties: { coupon: 'X' } }, { customProperties: ['coupon'] }).custom_data).toEqual({ coupon: 'X' });
  });

  it('follows the settings for names, place of action and limited data use', () => {
    expect(encoded({}, { eventNames: { 'Plan Chosen': 'StartTrial' } })).toMatchObject({ event_name: 'StartTrial' });
    expect(encoded({ context: {} }, { actionSource: 'system_generated' })).toMatchObject({ action_source: 'system_generated' });
    expect(encoded({ context: {}, properties: { action_source: 'app' } })).toMatchObject({ action_source: 'app' });
    expect(encoded({}, { limitedDataUse: true })).toMatchObject({ data_processing_options: ['LDU'], data_processing_options_country: 0 });
  });

  it('is not made of events for which Meta would refuse all the others too', () => {
    expect(refusal({ timestamp: sampleNow - 8 * 86_400_000 })).toBe('older than 7 days, which Meta refuses');
    expect(refusal({ timestamp: sampleNow - 8 * 86_400_000 }, { actionSource: 'physical_store' })).toBeUndefined();
    expect(refusal({ context: { userAgent: 'x' } })).toContain('no page URL');
    expect(refusal({ context: { page: { url: 'https://x.example' } } })).toContain('no user agent');
    expect(refusal({ name: 'Order Completed', properties: { value: 3 } })).toContain('without a currency');
    expect(refusal({ name: 'Order Completed', properties: { currency: 'EUR' } })).toContain('without a value');
    expect(refusal({ userId: null, anonymousId: null, context: {} }, { actionSource: 'other' })).toContain(
      'nothing by which Meta could know',
    );
  });
});

describe('a Meta answer', () => {
  const [request] = meta.encode(sampleEvents(2), context).requests;
  const classify = (status: number, body: unknown): Outcome =>
    meta.classify({ status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) }, request!)[0]!;
  const kindOf = (code: number, more: object = {}, status = 400): string =>
    classify(status, { error: { code, message: 'said', ...more } }).kind;

  it('confirms what it received', () => {
    expect(classify(200, { events_received: 2, messages: [], fbtrace_id: 'x' })).toEqual({ kind: 'delivered', confirmed: true });
    expect(classify(200, { events_received: 1 })).toEqual({ kind: 'delivered', confirmed: false });
  });

  it('is read by its error code, whatever the status', () => {
    for (const status of [200, 400, 500]) {
      expect([190, 102, 3, 10, 200, 294, 299].map((code) => kindOf(code, {}, status))).toEqual(Array(7).fill('authHold'));
      expect([4, 17, 613, 80003, 341, 368].map((code) => kindOf(code, { is_transient: true }, status))).toEqual(Array(6).fill('throttled'));
      expect([1, 2, 5000, 21009].map((code) => kindOf(code, {}, status))).toEqual(Array(4).fill('retry'));
      expect(kindOf(100, { error_subcode: 2804003 }, status)).toBe('bisect');
    }
    expect(kindOf(9999, { is_transient: true })).toBe('retry');
    expect(kindOf(9999)).toBe('bisect');
    expect(kindOf(9999, {}, 500)).toBe('retry');
  });

  it('parks where the dataset is unknown or not ours: no event is to blame', () => {
    expect(kindOf(100, { error_subcode: 33 }, 404)).toBe('authHold');
  });

  it('tells people what Meta said, without the token', () => {
    expect(classify(400, { error: { code: 190, error_subcode: 463, message: 'EAABtoken has expired' } })).toEqual({
      kind: 'authHold',
      detail: 'Meta error 190/463: [secret] has expired',
    });
  });

  it('takes a page of something in between for no verdict', () => {
    expect(classify(200, '<html>').kind).toBe('uncertain');
    expect(classify(200, '{"events_rec').kind).toBe('uncertain');
    expect(classify(400, '<html>').kind).toBe('retry');
    expect(classify(502, '<html>').kind).toBe('retry');
    expect(classify(413, '<html>').kind).toBe('bisect');
  });
});

describe('Meta over HTTP', () => {
  let simulator: Simulator;
  let live: EncodeContext<MetaSettings>;
  beforeAll(async () => {
    simulator = await createSimulator({ credentials: { meta: 'EAABtoken' } });
  });
  beforeEach(() => {
    simulator.dial({ vendor: 'meta', failure: 'ok' });
    live = { ...context, endpoint: simulator.endpoint('meta'), now: Date.now() };
  });
  afterAll(() => simulator.close());
  const fresh = (count: number) => sampleEvents(count, { timestamp: Date.now() - 2000, receivedAt: Date.now() - 1000 });

  it('takes a batch whole', async () => {
    const { outcomes, requests } = await deliver(meta, fresh(40), live);
    expect(tally(outcomes.values())).toEqual({ confirmed: 40 });
    expect(requests).toBe(1);
    expect(simulator.stored('meta').size).toBe(40);
  });

  it('refuses all for one bad event, which halving finds; every other arrives once', async () => {
    const batch = fresh(64).map((event) => ({ ...event, messageId: `half-${event.messageId}` }));
    simulator.dial({ vendor: 'meta', failure: 'partial', keys: ['half-message-23'] });
    const { outcomes, requests } = await deliver(meta, batch, live);
    expect(tally(outcomes.values())).toEqual({ confirmed: 63, rejected: 1 });
    expect(outcomes.get('half-message-23')).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('100/2804003') });
    expect(requests).toBe(13);
    const stored = simulator.stored('meta');
    expect(batch.filter((event) => stored.get(event.messageId) === 1)).toHaveLength(63);
    expect(stored.has('half-message-23')).toBe(false);
  });

  it('parks on a dead token, told as HTTP 500, and the check says so', async () => {
    const stale = { ...live, credential: { token: 'EAABstale' } };
    expect(tally((await deliver(meta, fresh(2), stale)).outcomes.values())).toEqual({ authHold: 2 });
    const check = async (one: EncodeContext<MetaSettings>): Promise<string> =>
      meta.check!.classify((await sendOnce(meta.check!.encode(one)))!).verdict;
    expect(await check(live)).toBe('works');
    expect(await check(stale)).toBe('refused');
  });

  it('waits, retries, or is uncertain as the failure demands', async () => {
    const kindOf = async (failure: '429' | '500' | 'html' | 'truncated' | 'reset'): Promise<Record<string, number>> => {
      simulator.dial({ vendor: 'meta', failure });
      return tally((await deliver(meta, fresh(1), live)).outcomes.values());
    };
    expect(await kindOf('429')).toEqual({ throttled: 1 });
    expect(await kindOf('500')).toEqual({ retry: 1 });
    expect(await kindOf('html')).toEqual({ retry: 1 });
    expect(await kindOf('truncated')).toEqual({ uncertain: 1 });
    expect(await kindOf('reset')).toEqual({ uncertain: 1 });
  });
});
