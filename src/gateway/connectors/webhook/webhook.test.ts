import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliver, tally } from '#tests/support/simulator/deliver.ts';
import { sampleEvent, sampleEvents, sampleNow } from '#tests/support/simulator/sample-event.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import type { EncodeContext, Outcome } from '../connector.ts';
import { webhook } from './webhook.ts';

const secret = `whsec_${Buffer.from('thirty-two bytes of secret, well').toString('base64')}`;
const context: EncodeContext<{ sendErasures: boolean }> = {
  settings: { sendErasures: false },
  endpoint: 'http://127.0.0.1:9/hook',
  credential: { secret },
  now: sampleNow,
};

function outcomeOf(status: number, headers: Record<string, string> = {}, body = ''): Outcome {
  const [request] = webhook.encode([sampleEvent()], context).requests;
  return webhook.classify({ status, headers, body }, request!)[0]!;
}

describe('a webhook request', () => {
  it('carries one event, its id, its time and a signature', () => {
    const { requests } = webhook.encode(sampleEvents(2), context);
    expect(requests.map((request) => request.events.length)).toEqual([1, 1]);
    expect(requests[0]).toEqual({
      method: 'POST',
      url: 'http://127.0.0.1:9/hook',
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'message-1',
        'webhook-timestamp': '1795176000',
        'webhook-signature': 'v1,68W/vIzrk0TesRMxNviOyjK5Kd3WR43FZmuyJ3rxoxY=',
      },
      body:
        '{"type":"track","timestamp":"2026-11-20T11:59:58.000Z","data":{"messageId":"message-1","source":"shop","name":"Plan Chosen","userId":"user-1","anonymousId":"anon-1",' +
        '"groupId":null,"previousId":null,"receivedAt":"2026-11-20T11:59:59.000Z","properties":{"plan":"pro","seats":3},"traits":{},' +
        '"context":{"ip":"203.0.113.7","userAgent":"Mozilla/5.0","page":{"url":"https://shop.example/plans","title":"Plans"}}}}',
      events: [sampleEvent()],
    });
  });

  it('verifies with the official Standard Webhooks library', () => {
    const [request] = webhook.encode([sampleEvent()], { ...context, now: Date.now() }).requests;
    expect(new Webhook(secret).verify(request!.body!, { ...request!.headers })).toMatchObject({
      type: 'track',
      data: { messageId: 'message-1' },
    });
    const other = `whsec_${Buffer.from('another secret').toString('base64')}`;
    expect(() => new Webhook(other).verify(request!.body!, { ...request!.headers })).toThrow();
  });

  it('signs with a secret that was replaced in place', () => {
    const credential = { secret };
    webhook.encode([sampleEvent()], { ...context, credential });
    credential.secret = `whsec_${Buffer.from('a new secret').toString('base64')}`;
    const [request] = webhook.encode([sampleEvent()], { ...context, credential, now: Date.now() }).requests;
    expect(() => new Webhook(credential.secret).verify(request!.body!, { ...request!.headers })).not.toThrow();
  });
});

describe('a webhook answer', () => {
  it('is a delivery for any 2xx', () => {
    expect([200, 202, 204].map((status) => outcomeOf(status))).toEqual(Array(3).fill({ kind: 'delivered', confirmed: true }));
  });

  it('parks the lane where the endpoint is switched off or the secret refused', () => {
    expect(outcomeOf(410)).toEqual({ kind: 'authHold', detail: 'HTTP 410: the receiver has switched this endpoint off' });
    expect(outcomeOf(401, {}, '{"message":"bad signature"}')).toEqual({ kind: 'authHold', detail: 'HTTP 401: bad signature' });
  });

  it('waits as long as it is told', () => {
    expect(outcomeOf(429, { 'retry-after': '9' })).toMatchObject({ kind: 'throttled', afterMs: 9000 });
    const headers = { date: 'Fri, 20 Nov 2026 12:00:00 GMT', 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' };
    expect(outcomeOf(503, headers)).toMatchObject({ kind: 'throttled', afterMs: 60_000 });
  });

  it('rejects on other 4xx and retries on 5xx', () => {
    expect(outcomeOf(422, {}, '{"error":"no such type"}')).toEqual({ kind: 'rejected', detail: 'HTTP 422: no such type' });
    expect(outcomeOf(500, {}, '<html>')).toEqual({ kind: 'retry', class: 'server', detail: 'HTTP 500' });
  });
});

describe('webhooks over HTTP', () => {
  let simulator: Simulator;
  let live: EncodeContext<{ sendErasures: boolean }>;
  beforeAll(async () => {
    simulator = await createSimulator({ credentials: { webhook: secret } });
  });
  beforeEach(() => {
    simulator.dial({ vendor: 'webhook', failure: 'ok' });
    live = { ...context, endpoint: simulator.endpoint('webhook') };
  });
  afterAll(() => simulator.close());

  it('arrive, verified, each once', async () => {
    const { outcomes } = await deliver(webhook, sampleEvents(5), live);
    expect(tally(outcomes.values())).toEqual({ confirmed: 5 });
    expect(simulator.stored('webhook').get('message-3')).toBe(1);
  });

  it('are refused with a wrong secret, and park', async () => {
    const { outcomes } = await deliver(webhook, sampleEvents(1, { name: 'Forged' }), { ...live, credential: { secret: 'whsec_bm90IGl0' } });
    expect(outcomes.get('message-1')).toEqual({ kind: 'authHold', detail: 'HTTP 401: the signature does not match' });
  });

  it('are uncertain after a reset, and show as duplicates of the same key when sent again', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'reset' });
    const events = sampleEvents(3).map((event) => ({ ...event, messageId: `again-${event.messageId}` }));
    expect(tally((await deliver(webhook, events, live)).outcomes.values())).toEqual({ uncertain: 3 });
    simulator.dial({ vendor: 'webhook', failure: 'ok' });
    expect(tally((await deliver(webhook, events, live)).outcomes.values())).toEqual({ confirmed: 3 });
    expect(simulator.stored('webhook').get('again-message-1')).toBe(2);
  });

  it('wait when the receiver throttles, and retry when it fails', async () => {
    simulator.dial({ vendor: 'webhook', failure: '429', retryAfterS: 4 });
    expect((await deliver(webhook, sampleEvents(1), live)).outcomes.get('message-1')).toMatchObject({ kind: 'throttled', afterMs: 4000 });
    simulator.dial({ vendor: 'webhook', failure: '500' });
    expect((await deliver(webhook, sampleEvents(1), live)).outcomes.get('message-1')).toMatchObject({ kind: 'retry' });
  });

  it('are rejected one by one where the receiver refuses an event', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'partial', keys: ['message-2'] });
    const { outcomes } = await deliver(webhook, sampleEvents(3), live);
    expect(tally(outcomes.values())).toEqual({ confirmed: 2, rejected: 1 });
  });
});
