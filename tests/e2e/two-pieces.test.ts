/** The console comes in two pieces (docs/decisions/0033): what works before the second is there, and without it. */
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { startFake } from '#tests/support/renderer-fake/server.ts';
import { needs, whyNoBuild, whyNoChromium } from '#tests/support/requirements.ts';

const { isMissing, why } = needs(whyNoChromium(), whyNoBuild());
const secondPiece = '**/assets/rest-*.js';

describe.skipIf(isMissing)(`a console whose second piece is not there${why}`, () => {
  let fake: Awaited<ReturnType<typeof startFake>>;
  let browser: Browser;

  beforeAll(async () => {
    fake = await startFake({ destinations: 40 });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    fake?.close();
  });

  async function openAt(place: string, onSecondPiece: (route: Route) => Promise<void>): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.route(secondPiece, onSecondPiece);
    await page.goto(fake.url);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#${place}`);
    return page;
  }

  it('parks by Enter, Enter while it is on its way, and draws the charts once it has come', async () => {
    const { promise, resolve: arrive } = Promise.withResolvers<void>();
    const page = await openAt('/destinations', (route) => promise.then(() => route.continue()));
    await page.waitForSelector('[role=row][data-id=hubspot]');
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('[role=row][data-id=hubspot][aria-selected=true]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Messages' }).getByText('HubSpot is parked').waitFor();
    await page.getByRole('complementary').getByRole('status', { name: 'Loading' }).waitFor();
    arrive();
    await page.getByRole('complementary').getByRole('figure').first().waitFor();
    await page.close();
  });

  it('says that it could not be fetched where it is needed, leaves the rest alone, and fetches it when asked again', async () => {
    const page = await openAt('/controls', (route) => route.abort());
    await page.getByRole('heading', { name: 'This view could not be fetched' }).waitFor();
    await page.getByRole('link', { name: 'Destinations' }).click();
    await page.waitForSelector('[role=row][data-id=hubspot]');
    await page.getByRole('link', { name: 'Controls' }).click();
    await page.unroute(secondPiece);
    await page.getByRole('button', { name: 'Reload the console' }).click();
    await page.getByRole('heading', { name: 'Controls' }).waitFor();
    await page.getByRole('link', { name: 'Flags' }).waitFor();
    await page.close();
  });
});
