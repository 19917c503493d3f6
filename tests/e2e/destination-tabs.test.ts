/**
 * The pages of a destination in real Chromium over the real gateway: what its breaker, pace and endpoints do and why, each held
 * and given back; transport and certificates with their ends.
 */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, loadAxe } from '#tests/support/console/accessibility.ts';
import { addCredential, goTo, openPageOf } from '#tests/support/console/acts.ts';
import { sendEvent, writeKey } from '#tests/support/console/events.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { createAuthority } from '#tests/support/tls/certificates.ts';

const secret = `whsec_${Buffer.from('key of the destination tabs test').toString('base64')}`;
const dayMs = 86_400_000;

let scene: Scene;
let page: Page;
let second: Simulator;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

const tab = (name: string) => page.getByRole('navigation', { name: 'Pages of Orders' }).getByRole('link', { name });
const panel = (name: string): Locator => page.getByRole('region', { name, exact: true });
const breaker = () => page.getByRole('status', { name: 'Breaker' });
/** Takes back what the message with this text tells of. */
const undo = (text: string) =>
  page
    .getByRole('region', { name: 'Messages' })
    .getByRole('status')
    .filter({ hasText: text })
    .getByRole('button', { name: 'Undo' })
    .click();

describe.skipIf(isMissing)(`the pages of a destination${why}`, () => {
  beforeAll(async () => {
    second = await createSimulator();
    scene = await startScene({
      window: { prepare: loadAxe },
      config: (simulator) => ({
        sources: [{ id: 'shop', name: 'Shop', writeKey }],
        destinations: [
          {
            id: 'orders',
            name: 'Orders',
            connector: 'webhook',
            endpoint: simulator.endpoint('webhook.orders'),
            transport: { ca: createAuthority('Acme Private Root', { expiresAt: new Date(Date.now() + 5.5 * dayMs) }).cert },
            endpoints: {
              healthyMs: 86_000_000,
              dwellMs: 0,
              others: [{ id: 'eu', url: second.endpoint('webhook.orders'), dedupeDomain: 'primary' }],
            },
            delivery: { batchSize: 1, breaker: { minCalls: 3, openMs: 500 } },
          },
        ],
      }),
    });
    page = scene.window.page;
    await addCredential(page, 'Orders', secret);
    await openPageOf(page, 'Orders');
    await tab('Delivery').click();
    await breaker().getByText('Closed').waitFor();
  });
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]();
    await second?.close();
  });

  it('hold the breaker open in one gesture, with Undo; closed only with a reason; and give it back', async () => {
    await page.getByRole('button', { name: 'Hold it open' }).click();
    await breaker().getByText('Open').waitFor();
    await panel('Breaker')
      .getByText(/^held open by console/)
      .waitFor();
    await undo('is held open');
    // What was held open is given back to probes: one event closes it.
    await breaker().getByText('Probing').waitFor();
    await page.getByRole('button', { name: 'Hold it closed…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Hold the breaker of Orders closed' });
    await dialog.getByLabel('Why').fill('their monitoring lies');
    await dialog.getByRole('button', { name: 'Hold it closed' }).click();
    await panel('Breaker').getByText('their monitoring lies').waitFor();
    await page.getByRole('button', { name: 'Give it back' }).click();
    await panel('Breaker').getByText('automatic: as it measures').waitFor();
  });

  it('show which endpoint is in use and why, after the first failed', async () => {
    scene.simulator.dial({ vendor: 'webhook.orders', failure: '500' });
    await Promise.all(Array.from({ length: 12 }, (_, number) => sendEvent(scene.host, `tabs-${number}`)));
    await panel('Endpoints')
      .getByText(/^eu since .*primary failed/)
      .waitFor();
    await panel('Endpoints').getByText('No earlier endpoint answers its probes yet.').waitFor();
    await expect.poll(() => second.stored('webhook.orders').size, { timeout: 15_000 }).toBe(12);
  });

  it('send everything to the endpoint that a person chose, and take that back', async () => {
    scene.simulator.dial({ vendor: 'webhook.orders', failure: 'ok' });
    await panel('Endpoints').getByRole('button', { name: 'Use primary' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send Orders to primary' });
    await dialog.getByRole('button', { name: 'Use primary' }).click();
    await panel('Endpoints')
      .getByRole('row', { name: /^primary/ })
      .getByText('chosen')
      .waitFor();
    await undo('goes to primary');
    await panel('Endpoints')
      .getByRole('row', { name: /^primary/ })
      .getByText('in use')
      .waitFor();
  });

  it('change its pace, refuse what cannot be, and take the change back', async () => {
    await panel('Pace').getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pace and breaker of Orders' });
    await dialog.getByLabel('Events a second, at most').fill('0');
    await dialog.getByRole('button', { name: 'Save Orders' }).click();
    await dialog.getByText(/expected number to be >0/i).waitFor();
    await dialog.getByLabel('Events a second, at most').fill('250');
    await dialog.getByRole('button', { name: 'Save Orders' }).click();
    await panel('Pace').getByText('250 /s of at most 250 /s').waitFor();
    await undo('Orders is in force');
    await panel('Pace').getByText('as fast as the vendor answers').waitFor();
  });

  it('tell how it is reached, and of a certificate before it ends: on its page and on Now', async () => {
    await tab('Connection').click();
    await panel('Certificates')
      .getByRole('row', { name: /Acme Private Root.*Authority we trust.*ends in 5 days/ })
      .waitFor();
    await panel('Transport')
      .getByText(/; wanted: as the connector says$/)
      .waitFor();
    await panel('Transport').getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Transport of Orders' });
    await dialog.getByLabel('Authorities to trust (optional)').fill('no certificate');
    await dialog.getByRole('button', { name: 'Save Orders' }).click();
    await dialog.getByText('must be certificates in PEM, and nothing else').waitFor();
    await page.keyboard.press('Escape');
    await goTo(page, 'Now');
    await page.getByText('A certificate of Orders ends in 5 days').waitFor();
  });

  it('are accessible, and fit a window of 1024 by 700', async () => {
    const problems: string[] = [];
    await page.setViewportSize({ width: 1024, height: 700 });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await openPageOf(page, 'Orders');
      for (const name of ['Delivery', 'Connection']) {
        await tab(name).click();
        await panel(name === 'Delivery' ? 'Endpoints' : 'Transport').waitFor();
        problems.push(...(await accessibilityProblems(page)).map((problem) => `${name}, ${colorScheme}: ${problem}`));
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      }
    }
    expect(problems).toEqual([]);
    expect(scene.window.problems).toEqual([]);
  });
});
