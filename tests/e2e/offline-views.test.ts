/** Every page of the console without a gateway: it says that there is none, keeps what it has, and waits for nothing for ever. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { startFake } from '#tests/support/renderer-fake/server.ts';
import { needs, whyNoBuild, whyNoChromium } from '#tests/support/requirements.ts';

const { isMissing, why } = needs(whyNoChromium(), whyNoBuild());
const longerThanTheTestMs = 600_000;

const pages = [
  '/now',
  ...['', '/hubspot', '/hubspot/delivery', '/hubspot/connection'].map((page) => `/destinations${page}`),
  ...['', '/dead-letters', '/quarantine', '/plans', '/redaction', '/consent', '/event'].map((page) => `/flow${page}`),
  ...['', '/flags', '/rollouts', '/changes', '/restore-points'].map((page) => `/controls${page}`),
  '/credentials',
  ...['', '/playbooks'].map((page) => `/incidents${page}`),
  ...['', '/sources', '/destinations', '/backups', '/data', '/settings', '/environments', '/audit', '/access', '/console'].map(
    (page) => `/system${page}`,
  ),
];

describe.skipIf(isMissing)(`a page of the console without a gateway${why}`, () => {
  let fake: Awaited<ReturnType<typeof startFake>>;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const main = () => page.locator('main');

  beforeAll(async () => {
    fake = await startFake({ destinations: 10 });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1024, height: 700 } });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(fake.url);
    await page.getByRole('contentinfo').getByText('Live', { exact: true }).waitFor();
    await fetch(new URL(`/fake/offline?ms=${longerThanTheTestMs}`, fake.url));
    await page
      .getByRole('alert')
      .getByText(/^Offline since/)
      .waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    fake?.close();
  });

  it.each(pages)('%s', async (place) => {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#${place}`);
    await main().getByRole('heading').first().waitFor({ state: 'attached' });
    await expect
      .poll(() =>
        main()
          .getByRole('status', { name: /^Loading/ })
          .count(),
      )
      .toBe(0);
    await page
      .getByRole('alert')
      .getByText(/^Offline since/)
      .waitFor();
    expect(await main().getByText('This view has a bug').count()).toBe(0);
    expect((await main().textContent())?.length).toBeGreaterThan(40);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });
});
