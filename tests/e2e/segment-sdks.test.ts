import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { type Site, serveSite } from '#tests/support/console/site.ts';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { needs, whyNoChromium } from '#tests/support/requirements.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';

/** What Segment publishes for browsers: the bundle as it is, loaded by a script element. */
const segmentBundle = join(import.meta.dirname, '../../node_modules/@segment/analytics-next/dist/umd');
const writeKey = 'browser-key';

let simulator: Simulator;
let gateway: BenchGateway;
let site: Site;
let browser: Browser;
let page: Page;
const requested: string[] = [];
const problems: string[] = [];

interface Analytics {
  identify(userId: string, traits: object): Promise<unknown>;
  page(name: string): Promise<unknown>;
  track(event: string, properties: object): Promise<unknown>;
}
declare const AnalyticsNext: { readonly AnalyticsBrowser: { load(settings: object, options?: object): Analytics } };

const { isMissing, why } = needs(whyNoChromium());

describe.skipIf(isMissing)(`the unmodified @segment/analytics-next in Chromium${why}`, () => {
  beforeAll(async () => {
    simulator = await createSimulator();
    gateway = await startGateway({
      config: {
        sources: [{ id: 'web', writeKey }],
        destinations: [
          {
            id: 'hook',
            connector: 'webhook',
            endpoint: simulator.endpoint('webhook'),
            credential: { env: 'HOOK' },
            delivery: { batchSize: 1 },
          },
        ],
      },
      env: { HOOK: `whsec_${Buffer.from('key of the browser SDK test').toString('base64')}` },
    });
    site = await serveSite({ folder: segmentBundle, scripts: ['index.js'] });
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('request', (request) => void requested.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(site.url);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    await simulator?.close();
  });

  /** Loads the SDK as a site would, sends three events and answers their message ids. */
  function visit(options: object): Promise<string[]> {
    return page.evaluate(
      async ({ settings, options }) => {
        const analytics = AnalyticsNext.AnalyticsBrowser.load(settings, options);
        const sent = [
          await analytics.page('Home'),
          await analytics.identify('user-1', { plan: 'pro' }),
          await analytics.track('Order Completed', { value: 12 }),
        ];
        return sent.map((context) => String(Reflect.get(Object(Reflect.get(Object(context), 'event')), 'messageId')));
      },
      { settings: { writeKey, cdnURL: gateway.ingestUrl }, options },
    );
  }
  const arrived = () => [...simulator.stored('webhook').keys()];

  it('sends its page, identify and track to the vendor, with only its two hosts set', async () => {
    const apiHost = `${new URL(gateway.ingestUrl).host}/v1`;
    const messageIds = await visit({ integrations: { 'Segment.io': { apiHost, protocol: 'http' } } });
    expect(new Set(messageIds).size).toBe(3);
    await expect.poll(() => arrived().sort(), { timeout: 30_000 }).toEqual([...messageIds].sort());
  });

  it('finds the host to send to by itself where only its CDN is set', async () => {
    await page.reload();
    const messageIds = await visit({});
    await expect.poll(arrived, { timeout: 30_000 }).toEqual(expect.arrayContaining(messageIds));
  });

  it('needs no other host than the gateway', () => {
    const hosts = new Set(requested.map((url) => new URL(url).host));
    hosts.delete(new URL(site.url).host);
    expect([...hosts]).toEqual([new URL(gateway.ingestUrl).host]);
    expect(requested.some((url) => url.includes(`/v1/projects/${writeKey}/settings`))).toBe(true);
    expect(problems).toEqual([]);
  });

  it('leaves a ledger that balances', async () => {
    await expect.poll(async () => (await gateway.ledger()).ledgers[0]?.states.confirmed, { timeout: 30_000 }).toBe(6);
    const { ledgers } = await gateway.ledger();
    expect(ledgers.flatMap(({ violations }) => violations)).toEqual([]);
  });
});
