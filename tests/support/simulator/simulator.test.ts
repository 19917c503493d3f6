import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArrivals } from './arrivals.ts';
import { createKeyHashSet } from './key-hash-set.ts';
import { createSimulator, type Simulator } from './simulator.ts';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await createSimulator();
});
afterEach(() => simulator.close());

async function hook(id: string, vendor = 'webhook'): Promise<number> {
  const answer = await request(simulator.endpoint(vendor), { method: 'POST', headers: { 'webhook-id': id }, body: '{}' });
  await answer.body.dump();
  return answer.statusCode;
}

async function steer(path: string, body?: unknown): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const answer = await request(`${simulator.url}${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.statusCode, json: (await answer.body.json()) as Record<string, unknown> };
}

describe('the books of a simulated vendor', () => {
  it('show each key, and how often it came', async () => {
    for (const id of ['a', 'b', 'a']) await hook(id);
    expect(simulator.counters().webhook).toMatchObject({ requests: 3, events: 3, stored: 3, distinct: 2, duplicates: 1 });
    expect(simulator.stored('webhook')).toEqual(
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    );
    expect((await steer('/_events?vendor=webhook&key=a')).json).toEqual({ vendor: 'webhook', key: 'a', count: 2 });
  });

  it('are kept apart for every vendor and every copy of one', async () => {
    await hook('a');
    await hook('a', 'webhook.d1');
    await hook('b', 'webhook.d1/some/path?x=1');
    const counters = simulator.counters();
    expect([counters.webhook?.stored, counters['webhook.d1']?.stored, counters.meta?.requests]).toEqual([1, 2, 0]);
  });

  it('count in bounded memory when asked to', async () => {
    const small = await createSimulator({ keep: 'counts' });
    for (const id of ['a', 'b', 'a'])
      await (await request(small.endpoint('webhook'), { method: 'POST', headers: { 'webhook-id': id } })).body.dump();
    expect(small.counters().webhook).toMatchObject({ stored: 3, distinct: 2, duplicates: 1 });
    expect(small.stored('webhook').size).toBe(0);
    await small.close();
  });
});

describe('the arrivals of a simulated vendor', () => {
  it('tell what came after a moment, and say so where that is forgotten', async () => {
    let now = 0;
    const arrivals = createArrivals(3, () => now);
    for (const key of ['a', 'b', 'c', 'd']) {
      now += 10;
      arrivals.add(key);
    }
    expect(arrivals.since(30)).toEqual([
      { at: 30, key: 'c' },
      { at: 40, key: 'd' },
    ]);
    expect(arrivals.since(41)).toEqual([]);
    expect(arrivals.since(15)).toBeNull();
  });

  it('are kept only where asked for, and read over HTTP', async () => {
    expect((await steer('/_arrivals?vendor=webhook')).status).toBe(404);
    const dated = await createSimulator({ arrivals: 2 });
    for (const id of ['a', 'b'])
      await (await request(dated.endpoint('webhook.d1'), { method: 'POST', headers: { 'webhook-id': id } })).body.dump();
    const answer = await request(`${dated.url}/_arrivals?vendor=webhook.d1`);
    expect(await answer.body.json()).toMatchObject({ arrivals: [{ key: 'a' }, { key: 'b' }] });
    await dated.close();
  });
});

describe('steering over HTTP', () => {
  it('dials a failure and shows it in the counters', async () => {
    expect(await steer('/_dial', { vendor: 'webhook', failure: '429', retryAfterS: 3 })).toMatchObject({
      status: 200,
      json: { failure: '429', share: 1 },
    });
    const answer = await request(simulator.endpoint('webhook'), { method: 'POST', headers: { 'webhook-id': 'a' } });
    await answer.body.dump();
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '3']);
    expect((await steer('/_counters')).json.webhook).toMatchObject({ failure: '429', failed: 1, stored: 0 });
  });

  it('says what is wrong with a request', async () => {
    expect(await steer('/_dial', { vendor: 'mixpanel', failure: 'sulk' })).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining('failure') },
    });
    expect((await steer('/_dial', { vendor: '__proto__', failure: 'ok' })).status).toBe(400);
    expect((await steer('/_events?vendor=nobody')).status).toBe(404);
    expect((await request(`${simulator.url}/nobody`)).statusCode).toBe(404);
  });
});

describe('failures', () => {
  it('meet exactly their share of requests', async () => {
    simulator.dial({ vendor: 'webhook', failure: '500', share: 0.25 });
    const statuses = [];
    for (let i = 0; i < 40; i++) statuses.push(await hook(`k${i}`));
    expect(statuses.filter((status) => status === 500)).toHaveLength(10);
    expect(simulator.counters().webhook).toMatchObject({ stored: 30, failed: 10 });
  });

  it('hang until they are released, and are answered well then', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'hang' });
    const pending = hook('a');
    await expect.poll(() => simulator.counters().webhook?.hanging).toBe(1);
    expect(simulator.stored('webhook').size).toBe(0);
    simulator.release('webhook');
    expect(await pending).toBe(204);
    expect(simulator.counters().webhook).toMatchObject({ hanging: 0, stored: 1 });
  });

  it('forget what hung once the client has gone', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'hang' });
    const leave = new AbortController();
    const pending = request(simulator.endpoint('webhook'), { method: 'POST', headers: { 'webhook-id': 'a' }, signal: leave.signal });
    await expect.poll(() => simulator.counters().webhook?.hanging).toBe(1);
    leave.abort();
    await expect(pending).rejects.toThrow();
    await expect.poll(() => simulator.counters().webhook?.hanging).toBe(0);
    simulator.release();
    expect(simulator.stored('webhook').size).toBe(0);
  });

  it('keep the event on a reset, and do not on a reset before', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'reset' });
    await expect(hook('kept')).rejects.toThrow();
    simulator.dial({ vendor: 'webhook', failure: 'resetBefore' });
    await expect(hook('lost')).rejects.toThrow();
    expect([...simulator.stored('webhook').keys()]).toEqual(['kept']);
  });

  it('answer slowly, and well', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'slow', delayMs: 5 });
    expect(await hook('a')).toBe(204);
  });

  it('spoil the same share of events however often they come', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'partial', share: 0.3 });
    const round = async (): Promise<readonly number[]> => {
      const statuses = [];
      for (let i = 0; i < 100; i++) statuses.push(await hook(`event-${i}`));
      return statuses;
    };
    const first = await round();
    const bad = first.filter((status) => status === 422).length;
    expect(bad).toBeGreaterThan(15);
    expect(bad).toBeLessThan(45);
    expect(await round()).toEqual(first);
  });

  it('close at once, even with requests hanging or slow', async () => {
    simulator.dial({ vendor: 'webhook', failure: 'hang' });
    simulator.dial({ vendor: 'webhook.slow', failure: 'slow', delayMs: 600_000 });
    const pending = [hook('a'), hook('b', 'webhook.slow')].map((one) => one.catch(() => 'gone'));
    await expect.poll(() => simulator.counters().webhook?.hanging).toBe(1);
    await expect.poll(() => simulator.counters()['webhook.slow']?.requests).toBe(1);
    await simulator.close();
    expect(await Promise.all(pending)).toEqual(['gone', 'gone']);
    simulator = await createSimulator();
  });
});

describe('the hash set of keys', () => {
  it('knows a hundred thousand keys from those it never saw', () => {
    const set = createKeyHashSet(1_000_000);
    for (let i = 0; i < 100_000; i++) expect(set.add(`0d9c1a52-6f5e-4f1b-${i}`)).toBe(true);
    for (let i = 0; i < 100_000; i++) if (!set.has(`0d9c1a52-6f5e-4f1b-${i}`) || set.has(`other-${i}`)) throw new Error(`wrong about ${i}`);
    expect(set.add('0d9c1a52-6f5e-4f1b-7')).toBe(false);
    expect(set.size).toBe(100_000);
  });

  it('stops at its limit', () => {
    const set = createKeyHashSet(2);
    expect(['a', 'b', 'c'].map((key) => set.add(key))).toEqual([true, true, false]);
    expect([set.isFull, set.has('c')]).toEqual([true, false]);
  });
});
