import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendOnce } from '#tests/support/simulator/deliver.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import type { Connector, EncodeContext } from './connector.ts';
import type { ErasedPerson, ErasureAnswer } from './erasure.ts';
import { ga4 } from './ga4/ga4.ts';
import { mixpanel } from './mixpanel/mixpanel.ts';
import { createRegistry } from './registry.ts';
import { webhook } from './webhook/webhook.ts';

const projectToken = '0123456789abcdef0123456789abcdef';
const ana: ErasedPerson = { userId: 'ana', anonymousId: 'device-7' };
const signing = `whsec_${Buffer.from('erasure test signing key').toString('base64')}`;
const now = 1_795_000_000_000;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator({ credentials: { webhook: signing } });
});
afterAll(() => simulator.close());

function apiOf<Settings>({ erasure }: Connector<Settings>) {
  if (typeof erasure === 'string') throw new Error('offers none');
  return erasure;
}

/** Asks as the gateway does: one request after the other, until one is not taken. */
async function ask<Settings>(connector: Connector<Settings>, context: EncodeContext<Settings>, person = ana): Promise<ErasureAnswer> {
  const api = apiOf(connector);
  let answer: ErasureAnswer | null = null;
  for (const request of api.encode(person, context)) {
    const response = await sendOnce(request);
    if (response === null) throw new Error('no answer');
    answer = api.classify(response, request);
    if (answer.kind === 'retry' || answer.kind === 'failed') break;
  }
  if (answer === null) throw new Error('nothing was asked');
  return answer;
}

describe('every connector', () => {
  it.each(
    createRegistry()
      .list()
      .map((connector) => [connector.id, connector] as const),
  )('%s says what a person must do where it cannot ask', (_, connector) => {
    const settings = { mixpanel: { projectId: '1' }, ga4: { measurementId: 'G-1' }, webhook: {} }[connector.id] ?? {};
    const said =
      typeof connector.erasure === 'string' ? connector.erasure : connector.erasure.notOffered(connector.settings.parse(settings));
    expect(said).toMatch(/\w+ .+\.$/);
  });
});

describe('Mixpanel', () => {
  const context = (gdprToken = 'a-gdpr-token'): EncodeContext<Parameters<typeof mixpanel.defaultEndpoint>[0]> => ({
    settings: mixpanel.settings.parse({ projectId: '1', erasure: { projectToken } }),
    endpoint: simulator.endpoint('mixpanel'),
    credential: { username: 'robot', secret: 'hush hush', gdprToken },
    now,
  });

  it('makes one task of both ids, and tells how far it is', async () => {
    const taken = await ask(mixpanel, context());
    expect(taken).toMatchObject({ kind: 'accepted', reference: 'task-1' });
    expect(simulator.erased('mixpanel')).toEqual(['ana', 'device-7']);
    const { status } = apiOf(mixpanel);
    const states: ErasureAnswer[] = [];
    for (let i = 0; i < 3; i++) {
      const request = status?.encode('task-1', context());
      const response = request ? await sendOnce(request) : null;
      if (request && response && status) states.push(status.classify(response, request));
    }
    expect(states.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual(['accepted PENDING', 'accepted STARTED', 'done SUCCESS']);
  });

  it('goes to the application host of the region, which is not where events go', () => {
    const settings = mixpanel.settings.parse({ projectId: '1', region: 'eu', erasure: { projectToken, compliance: 'CCPA' } });
    const [request] = apiOf(mixpanel).encode(ana, { ...context(), settings, endpoint: 'https://api-eu.mixpanel.com' });
    expect(request?.url).toBe(`https://eu.mixpanel.com/api/app/data-deletions/v3.0/?token=${projectToken}`);
    expect(JSON.parse(request?.body ?? '')).toEqual({ distinct_ids: ['ana', 'device-7'], compliance_type: 'CCPA' });
    expect(request?.headers.authorization).toBe('Bearer a-gdpr-token');
  });

  it('tells a token that is refused from a day on which it is busy', async () => {
    simulator.dial({ vendor: 'mixpanel', failure: '401' });
    expect(await ask(mixpanel, context())).toMatchObject({ kind: 'failed', suggestedAction: expect.stringContaining('GDPR token') });
    simulator.dial({ vendor: 'mixpanel', failure: '429', retryAfterS: 7 });
    expect(await ask(mixpanel, context())).toMatchObject({ kind: 'retry', afterMs: 7000 });
    simulator.dial({ vendor: 'mixpanel', failure: 'html' });
    expect(await ask(mixpanel, context())).toMatchObject({ kind: 'retry' });
    simulator.dial({ vendor: 'mixpanel', failure: 'ok' });
  });

  it('does not take a task that failed or is not known for done', () => {
    const { status } = apiOf(mixpanel);
    const request = status?.encode('task-9', context());
    const of = (state: string) =>
      request && status?.classify({ status: 200, headers: {}, body: JSON.stringify({ results: { status: state } }) }, request).kind;
    expect(['FAILURE', 'REVOKED', 'NOT_FOUND', 'UNKNOWN', 'SUCCESS'].map(of)).toEqual(['failed', 'failed', 'failed', 'retry', 'done']);
  });
});

describe('GA4', () => {
  const context = (adminToken = 'ya29.token'): EncodeContext<Parameters<typeof ga4.defaultEndpoint>[0]> => ({
    settings: ga4.settings.parse({ measurementId: 'G-1', erasureProperty: '424242' }),
    endpoint: simulator.endpoint('ga4'),
    credential: { apiSecret: 'hush', adminToken },
    now,
  });

  it('is asked for each id, by the name under which events carry it, and never says that it is done', async () => {
    expect(await ask(ga4, context())).toMatchObject({ kind: 'accepted', reference: null });
    expect(simulator.erased('ga4')).toEqual(['ana', 'device-7']);
    const bodies = apiOf(ga4)
      .encode({ userId: 'ana', anonymousId: null }, context())
      .map(({ body }) => body);
    expect(bodies).toEqual(['{"userId":"ana"}', '{"clientId":"ana"}']);
    expect(apiOf(ga4).status).toBeUndefined();
  });

  it('is asked at Google’s own admin host unless the endpoint was set by hand', () => {
    const [request] = apiOf(ga4).encode(ana, { ...context(), endpoint: 'https://www.google-analytics.com' });
    expect(request?.url).toBe('https://analyticsadmin.googleapis.com/v1alpha/properties/424242:submitUserDeletion');
  });

  it('says that its token lives an hour where it is refused', () => {
    const [request] = apiOf(ga4).encode(ana, context());
    if (!request) throw new Error('nothing to ask');
    const refused = apiOf(ga4).classify({ status: 401, headers: {}, body: '{"error":{"message":"expired"}}' }, request);
    expect(refused).toMatchObject({ kind: 'failed', suggestedAction: expect.stringContaining('an hour') });
  });
});

describe('a webhook', () => {
  const context: EncodeContext<Parameters<typeof webhook.defaultEndpoint>[0]> = {
    settings: { sendErasures: true },
    endpoint: '',
    credential: { secret: signing },
    now,
  };

  it('is sent a signed person.erased, whose id names nobody', async () => {
    const endpoint = simulator.endpoint('webhook');
    expect(await ask(webhook, { ...context, endpoint })).toMatchObject({ kind: 'accepted', reference: null });
    expect(simulator.erased('webhook')).toEqual(['ana', 'device-7']);
    const [request] = apiOf(webhook).encode(ana, { ...context, endpoint });
    expect(request?.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{64}$/);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'person.erased',
      timestamp: new Date(now).toISOString(),
      data: { userId: 'ana', anonymousId: 'device-7' },
    });
  });

  it('is not sent any unless its owner says that the receiver knows them', () => {
    expect(apiOf(webhook).notOffered({ sendErasures: false })).toContain('sendErasures');
    expect(apiOf(webhook).notOffered({ sendErasures: true })).toBeNull();
  });
});
