import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliver, sendOnce, tally } from '#tests/support/simulator/deliver.ts';
import { sampleEvent, sampleEvents, sampleNow } from '#tests/support/simulator/sample-event.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import type { EncodeContext, Outcome } from '../connector.ts';
import { mixpanel } from './mixpanel.ts';
import { type MixpanelSettings, mixpanelSettings } from './settings.ts';

const context: EncodeContext<MixpanelSettings> = {
  settings: mixpanelSettings.parse({ projectId: '4242' }),
  endpoint: 'https://api.mixpanel.com',
  credential: { username: 'robot.1a2b3c', secret: 'hush hush' },
  now: sampleNow,
};
const events = sampleEvents(4);

function classify(status: number, body: unknown, headers: Record<string, string> = {}): readonly Outcome[] {
  const [request] = mixpanel.encode(events, context).requests;
  return mixpanel.classify({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, request!);
}

describe('a Mixpanel import', () => {
  it('is the documented call', () => {
    const { requests } = mixpanel.encode(
      [
        sampleEvent(),
        sampleEvent({ messageId: 'node-next-1763640000000-0d9c1a52-6f5e-4f1b', type: 'page', name: 'Home', userId: null, properties: {} }),
      ],
      context,
    );
    expect(requests).toHaveLength(1);
    const { method, url, headers, body } = requests[0]!;
    expect({ method, url, headers }).toEqual({
      method: 'POST',
      url: 'https://api.mixpanel.com/import?strict=1&project_id=4242',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Basic cm9ib3QuMWEyYjNjOmh1c2ggaHVzaA==' },
    });
    expect(JSON.parse(body!)).toEqual([
      {
        event: 'Plan Chosen',
        properties: {
          $current_url: 'https://shop.example/plans',
          ip: '203.0.113.7',
          plan: 'pro',
          seats: 3,
          time: sampleNow - 2000,
          distinct_id: 'user-1',
          $device_id: 'anon-1',
          $user_id: 'user-1',
          $insert_id: 'message-1',
        },
      },
      {
        event: 'Page Viewed',
        properties: {
          $current_url: 'https://shop.example/plans',
          ip: '203.0.113.7',
          name: 'Home',
          time: sampleNow - 2000,
          distinct_id: 'anon-1',
          $device_id: 'anon-1',
          $insert_id: 'c90519a35a0ae9bf2b13b75de0813a73e841',
        },
      },
    ]);
  });

  it('lets no property of the application replace what identifies the event', () => {
    const { requests } = mixpanel.encode([sampleEvent({ properties: { $insert_id: 'mine', time: 1, distinct_id: 'other' } })], context);
    expect(JSON.parse(requests[0]!.body!)[0].properties).toMatchObject({
      $insert_id: 'message-1',
      time: sampleNow - 2000,
      distinct_id: 'user-1',
    });
  });

  it('goes to the region of the project', () => {
    expect(mixpanel.defaultEndpoint(mixpanelSettings.parse({ projectId: '1', region: 'eu' }))).toBe('https://api-eu.mixpanel.com');
    expect(mixpanel.check!.encode({ ...context, endpoint: 'https://api-in.mixpanel.com' }).url).toBe('https://in.mixpanel.com/api/app/me');
    expect(mixpanel.check!.encode({ ...context, endpoint: 'http://127.0.0.1:9/mixpanel' }).url).toBe(
      'http://127.0.0.1:9/mixpanel/api/app/me',
    );
  });

  it('is not made of events that Mixpanel would refuse for certain', () => {
    const crowded = sampleEvent({
      messageId: 'crowded',
      properties: Object.fromEntries(Array.from({ length: 260 }, (_, i) => [`p${i}`, i])),
    });
    const ancient = sampleEvent({ messageId: 'ancient', timestamp: 1000 });
    const { requests, refused } = mixpanel.encode([crowded, ancient], context);
    expect(requests).toEqual([]);
    expect(refused.map(({ detail }) => detail)).toEqual([
      'more than 254 properties, which Mixpanel refuses',
      'older than 1971, which Mixpanel refuses',
    ]);
  });
});

describe('a Mixpanel answer', () => {
  const failed = { code: 400, error: 'some data points in the request failed validation', status: 'Bad Request', num_records_imported: 3 };
  const confirmed = { kind: 'delivered', confirmed: true };

  it('confirms all on a 200', () => {
    expect(classify(200, { code: 200, num_records_imported: 4, status: 'OK' })).toEqual(Array(4).fill(confirmed));
  });

  it('does not confirm where it counted otherwise', () => {
    expect(classify(200, { code: 200, num_records_imported: 3, status: 'OK' })).toEqual(
      Array(4).fill({ kind: 'delivered', confirmed: false }),
    );
  });

  it('rejects what a 400 names and confirms the rest, which is stored', () => {
    const record = { index: 1, insert_id: 'message-2', field: 'properties.time', message: 'is in the future' };
    const rejected = { kind: 'rejected', detail: 'properties.time: is in the future' };
    expect(classify(400, { ...failed, failed_records: [record] })).toEqual([confirmed, rejected, confirmed, confirmed]);
  });

  it('understands both spellings of the id, and an index that is missing or off', () => {
    const rejects = (record: object): readonly string[] =>
      classify(400, { ...failed, failed_records: [record] }).map((outcome) => outcome.kind);
    expect(rejects({ $insert_id: 'message-3', message: 'bad' })).toEqual(['delivered', 'delivered', 'rejected', 'delivered']);
    expect(rejects({ index: 0, $insert_id: 'message-3', message: 'bad' })).toEqual(['delivered', 'delivered', 'rejected', 'delivered']);
    expect(rejects({ index: 3, message: 'bad' })).toEqual(['delivered', 'delivered', 'delivered', 'rejected']);
  });

  it('halves where a failed record cannot be placed, and is unsure where the count is off', () => {
    expect(classify(400, { ...failed, failed_records: [{ message: 'bad' }] }).map((outcome) => outcome.kind)).toEqual(
      Array(4).fill('bisect'),
    );
    const kinds = classify(400, { ...failed, num_records_imported: 0, failed_records: [{ index: 0 }] }).map((outcome) => outcome.kind);
    expect(kinds).toEqual(['rejected', 'uncertain', 'uncertain', 'uncertain']);
  });

  it('halves on a 400 without names and on a 413, waits on a 429, parks on a 401', () => {
    const one = (status: number, body: unknown, headers?: Record<string, string>): Outcome => classify(status, body, headers)[0]!;
    expect(one(400, { code: 400, error: 'not an array', status: 'Bad Request' })).toEqual({
      kind: 'bisect',
      detail: 'HTTP 400: not an array',
    });
    expect(one(413, { code: 413, error: 'request exceeds max limit of 2097152 bytes' })).toEqual({
      kind: 'bisect',
      detail: 'HTTP 413: request exceeds max limit of 2097152 bytes',
    });
    expect(one(429, { code: 429, error: 'Project exceeded rate limits.' })).toEqual({
      kind: 'throttled',
      afterMs: null,
      detail: 'HTTP 429: Project exceeded rate limits.',
    });
    expect(one(429, '', { 'retry-after': '2' })).toMatchObject({ kind: 'throttled', afterMs: 2000 });
    expect(one(401, { code: 401, error: 'Invalid credentials' })).toEqual({ kind: 'authHold', detail: 'HTTP 401: Invalid credentials' });
    expect(one(502, '<html>')).toMatchObject({ kind: 'retry', class: 'server' });
  });

  it('takes a page of something in between for no verdict', () => {
    expect(classify(200, '<html>hello</html>')[0]).toMatchObject({ kind: 'uncertain' });
    expect(classify(200, '{"code":200,"num_rec')[0]).toMatchObject({ kind: 'uncertain' });
    expect(classify(400, '<html>bad</html>')[0]).toMatchObject({ kind: 'retry' });
  });
});

describe('Mixpanel over HTTP', () => {
  let simulator: Simulator;
  let live: EncodeContext<MixpanelSettings>;
  beforeAll(async () => {
    simulator = await createSimulator({ credentials: { mixpanel: 'robot.1a2b3c:hush hush' } });
  });
  beforeEach(() => {
    simulator.dial({ vendor: 'mixpanel', failure: 'ok' });
    live = { ...context, endpoint: simulator.endpoint('mixpanel') };
  });
  afterAll(() => simulator.close());

  it('takes a batch and stores each event under its $insert_id', async () => {
    const { outcomes, requests } = await deliver(mixpanel, sampleEvents(50), live);
    expect(tally(outcomes.values())).toEqual({ confirmed: 50 });
    expect(requests).toBe(1);
    expect(simulator.stored('mixpanel').size).toBe(50);
  });

  it('stores the good events of a batch that fails in part', async () => {
    simulator.dial({ vendor: 'mixpanel', failure: 'partial', keys: ['p-message-2', 'p-message-5'] });
    const batch = sampleEvents(6).map((event) => ({ ...event, messageId: `p-${event.messageId}` }));
    const { outcomes, requests } = await deliver(mixpanel, batch, live);
    expect(requests).toBe(1);
    expect(tally(outcomes.values())).toEqual({ confirmed: 4, rejected: 2 });
    expect([...simulator.stored('mixpanel').keys()].filter((key) => key.startsWith('p-'))).toEqual([
      'p-message-1',
      'p-message-3',
      'p-message-4',
      'p-message-6',
    ]);
  });

  it('names a dummy id that Mixpanel refuses', async () => {
    const { outcomes } = await deliver(mixpanel, [sampleEvent({ userId: 'null' })], live);
    expect(outcomes.get('message-1')).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('distinct_id') });
  });

  it('parks on a refused service account, and its check says so', async () => {
    const wrong = { ...live, credential: { username: 'robot.1a2b3c', secret: 'stale' } };
    expect(tally((await deliver(mixpanel, events, wrong)).outcomes.values())).toEqual({ authHold: 4 });
    const check = async (credential: Record<string, string>): Promise<string> =>
      mixpanel.check!.classify((await sendOnce(mixpanel.check!.encode({ ...live, credential })))!).verdict;
    expect(await check(live.credential)).toBe('works');
    expect(await check(wrong.credential)).toBe('refused');
  });

  it('waits, retries, or is uncertain as the failure demands', async () => {
    const kindOf = async (failure: '429' | '500' | 'html' | 'truncated' | 'reset' | 'resetBefore'): Promise<Record<string, number>> => {
      simulator.dial({ vendor: 'mixpanel', failure });
      return tally((await deliver(mixpanel, sampleEvents(1), live)).outcomes.values());
    };
    expect(await kindOf('429')).toEqual({ throttled: 1 });
    expect(await kindOf('500')).toEqual({ retry: 1 });
    expect(await kindOf('html')).toEqual({ retry: 1 });
    expect(await kindOf('truncated')).toEqual({ uncertain: 1 });
    expect(await kindOf('reset')).toEqual({ uncertain: 1 });
    expect(await kindOf('resetBefore')).toEqual({ uncertain: 1 });
  });
});
