import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { createFeedFetcher, type Fetched, type FetchFeed } from './feed/fetch-feed.ts';
import { createFeeds, feedEveryMs } from './feeds.ts';

describe('status pages over time', () => {
  let simulator: Simulator;
  let fetcher: ReturnType<typeof createFeedFetcher>;
  let now = 0;
  const answers: Fetched['kind'][] = [];
  let lastFetch: Promise<unknown> = Promise.resolve();
  const fetch: FetchFeed = (url, known) => {
    const fetched = fetcher.fetch(url, known).then((answer) => {
      answers.push(answer.kind);
      return answer;
    });
    lastFetch = fetched;
    return fetched;
  };
  beforeEach(async () => {
    simulator = await createSimulator();
    fetcher = createFeedFetcher();
    now = Date.now();
    answers.length = 0;
  });
  afterEach(async () => {
    await fetcher.close();
    await simulator.close();
  });
  const feeds = () =>
    createFeeds(
      fetch,
      () => now,
      () => 0.5,
    );

  it('are read once for all who name them, and again only when they have changed', async () => {
    const url = simulator.statusPage('meta');
    const reader = feeds();
    expect(reader.last(url, undefined)).toBeNull();
    await reader.askNow(url);
    expect(reader.last(url, undefined)?.report?.status).toBe('operational');
    now += feedEveryMs;
    await reader.askNow(url);
    expect(answers).toEqual(['read', 'unchanged']);
    simulator.report({ vendor: 'meta', impact: 'major' });
    now += feedEveryMs;
    await reader.askNow(url);
    expect(reader.last(url, undefined)?.report?.status).toBe('partial');
    expect(reader.last(url, 'Dashboard')?.report?.status).toBe('operational');
    expect(reader.last(url, 'Nothing')).toMatchObject({ report: null, problem: 'it has no component “Nothing”' });
  });

  it('are asked when they are due and not before, and forgotten with their last destination', async () => {
    const url = simulator.statusPage('meta');
    const reader = feeds();
    reader.look(new Set([url]), now);
    expect(answers).toEqual([]);
    now += 1000;
    reader.look(new Set([url]), now);
    await reader.askNow(url);
    expect(answers).toEqual(['read']);
    reader.look(new Set(), now);
    expect(reader.last(url, undefined)).toBeNull();
  });

  it('that cannot be read say why, and are asked ever more rarely', async () => {
    const reader = feeds();
    const url = `${simulator.url}/_status/meta/nothing.json`;
    await reader.askNow(url);
    expect(reader.last(url, undefined)).toMatchObject({ report: null, problem: 'HTTP 404' });
    for (let minute = 1; minute <= 14; minute++) {
      now += feedEveryMs;
      reader.look(new Set([url]), now);
      await lastFetch;
    }
    // At once, then after 1, 3 and 7 minutes; the next would be after 15.
    expect(answers).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('that are something else are said to be', async () => {
    const reader = feeds();
    const url = `${simulator.url}/_counters`;
    await reader.askNow(url);
    expect(reader.last(url, undefined)?.problem).toBe('it is neither Statuspage’s summary.json nor RSS nor Atom');
  });
});
