import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#tests/support/bench/free-port.ts';
import { type BenchGateway, startGateway } from '#tests/support/bench/gateway.ts';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { type OpenFeaturePage, serveOpenFeature } from '#tests/support/openfeature/web-page.ts';
import { needs, whyNoChromium } from '#tests/support/requirements.ts';

const writeKey = 'flag-web-key';
let folder: string;
let port: number;
let gateway: BenchGateway;
let site: Awaited<ReturnType<typeof serveOpenFeature>>;
let browser: Browser;
let page: Page;
/** Status of each answer to a bulk evaluation. */
const answered: number[] = [];

const { isMissing, why } = needs(whyNoChromium());

describe.skipIf(isMissing)(`the unmodified OpenFeature web provider in Chromium${why}`, () => {
  const start = () =>
    startGateway({
      dataFolder: join(folder, 'data'),
      config: { sources: [{ id: 'web', writeKey }], destinations: [] },
      args: ['--ingest-port', String(port)],
    });
  async function put(defaultVariant: string): Promise<void> {
    await using control = connectControl(gateway.controlUrl, gateway.token);
    const targeting = { if: [{ '===': [{ var: 'targetingKey' }, 'eve'] }, 'red', null] };
    await control.call('flag.put', {
      id: 'button',
      value: { variants: { red: 'red', blue: 'blue', green: 'green' }, defaultVariant, targeting },
    });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-flags-web-'));
    port = await freePort();
    gateway = await start();
    await put('blue');
    site = await serveOpenFeature();
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('response', (response) => {
      if (response.url().endsWith('/evaluate/flags') && response.request().method() === 'POST') answered.push(response.status());
    });
    await page.goto(site.url);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Sets the provider up as an app would; by polling where told how often. */
  const connect = (targetingKey: string, more: object = {}) =>
    page.evaluate(
      async ({ baseUrl, targetingKey, more, writeKey }) => {
        const { OpenFeature, createProvider } = Reflect.get(globalThis, 'openFeatureWeb') as OpenFeaturePage['openFeatureWeb'];
        await OpenFeature.setProviderAndWait(
          createProvider({ baseUrl, headers: [['authorization', `Bearer ${writeKey}`]], cacheMode: 'disabled', ...more }),
          { targetingKey },
        );
      },
      { baseUrl: `http://127.0.0.1:${port}`, targetingKey, more, writeKey },
    );
  const colour = () =>
    page.evaluate(() => {
      const { OpenFeature } = Reflect.get(globalThis, 'openFeatureWeb') as OpenFeaturePage['openFeatureWeb'];
      return OpenFeature.getClient().getStringValue('button', 'the default of the app');
    });

  it('evaluates all flags at once, each person by its own context', async () => {
    await connect('eve');
    expect(await colour()).toBe('red');
    await connect('ada');
    expect(await colour()).toBe('blue');
  });

  it('follows a change by its notification, without polling', async () => {
    await put('green');
    await expect.poll(colour).toBe('green');
  });

  it('asks again with its ETag while it polls, and is answered 304 until something changes', async () => {
    answered.length = 0;
    await connect('ada', { changeDetection: 'polling', pollInterval: 100 });
    await expect.poll(() => answered.filter((status) => status === 304).length).toBeGreaterThan(2);
    expect(answered.filter((status) => status === 200)).toHaveLength(1);
    await put('blue');
    await expect.poll(colour).toBe('blue');
    expect(answered.filter((status) => status === 200)).toHaveLength(2);
  });

  it('keeps the last known value while the gateway is down, and follows again once it is back', async () => {
    await connect('ada');
    expect(await colour()).toBe('blue');
    await gateway.server.stop('SIGKILL');
    await gateway[Symbol.asyncDispose]();
    expect(await colour()).toBe('blue');
    gateway = await start();
    // Changed before the page listens again: it must not have missed this.
    await put('green');
    await expect.poll(colour, { timeout: 30_000 }).toBe('green');
  });

  it('starts from what it knew where the gateway is down, in a page that is loaded anew', async () => {
    await connect('ada', { cacheMode: 'local-cache-first' });
    expect(await colour()).toBe('green');
    await gateway.server.stop('SIGKILL');
    await page.reload();
    await connect('ada', { cacheMode: 'local-cache-first' });
    expect(await colour()).toBe('green');
  });
});
