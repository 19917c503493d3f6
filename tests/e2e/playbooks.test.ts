/** Incidents, Playbooks in real Chromium over the real gateway: two people follow one run, and the gateway is killed in between. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from '#tests/support/console/accessibility.ts';
import { addCredential, goTo } from '#tests/support/console/acts.ts';
import { connectOther } from '#tests/support/console/other.ts';
import type { Scene } from '#tests/support/console/scene.ts';
import { shoot, startShop } from '#tests/support/console/shop.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

let scene: Scene;
let page: Page;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());
const secret = `whsec_${Buffer.from('key of the playbooks test').toString('base64')}`;
const steps = () => page.getByRole('list', { name: 'Steps of Vendor outage' });
const step = (name: string) => steps().getByRole('listitem').filter({ hasText: name });

async function openTab(): Promise<void> {
  await goTo(page, 'Incidents');
  await page.getByRole('navigation', { name: 'Pages of Incidents' }).getByRole('link', { name: 'Playbooks', exact: true }).click();
}

describe.skipIf(isMissing)(`a playbook${why}`, () => {
  beforeAll(async () => {
    scene = await startShop();
    page = scene.window.page;
    await addCredential(page, 'Orders', secret);
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  it('is started for a destination', async () => {
    await openTab();
    expect(await accessibilityProblems(page)).toEqual([]);
    await shoot(page, 'playbooks');
    await page.getByRole('button', { name: 'Start Vendor outage' }).click();
    const dialog = page.getByRole('dialog', { name: 'Start “Vendor outage”' });
    await dialog.getByLabel('Which destination').selectOption('orders');
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Vendor outage: orders' }).waitFor();
    await page.getByText('0 of 8 steps').waitFor();
  });

  it('keeps what a person says of a step, and shows what another says', async () => {
    await page.getByLabel('Note on See whether it is them').fill('their status page says so');
    await page.getByRole('button', { name: 'Done: See whether it is them' }).click();
    await step('See whether it is them').getByText('their status page says so').waitFor();
    await using other = await connectOther(scene);
    const { documents } = await other.call('document.list', { kind: 'playbook-run' });
    await other.call('playbook.step', { run: documents[0]?.id ?? '', step: 'tell', state: 'skipped', note: 'nobody depends on it' });
    await step('Tell those who depend on it').getByText('skipped by test').waitFor();
    await page.getByText('2 of 8 steps').waitFor();
  });

  it('shows what a step’s command would do, gives it, and says who did', async () => {
    await page.getByRole('button', { name: 'Park the destination…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Park the destination' });
    await dialog.getByRole('table', { name: 'What it touches' }).getByText('Orders').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await shoot(page, 'playbook-command');
    await dialog.getByLabel('Why').fill('vendor is down');
    await dialog.getByRole('button', { name: 'Park the destination' }).click();
    await step('Park the destination')
      .getByText(/done by/)
      .waitFor();
    await using other = await connectOther(scene);
    const { documents } = await other.call('document.list', { kind: 'switch' });
    expect(documents).toMatchObject([{ id: 'destination:orders', value: { mode: 'park' }, reason: 'vendor is down' }]);
  });

  it('survives the gateway being killed', async () => {
    const before = scene.host.gatewayPid();
    if (before === null) throw new Error('no gateway runs');
    process.kill(before, 'SIGKILL');
    await expect.poll(() => scene.host.gatewayPid(), { timeout: 20_000 }).not.toBe(before);
    await page.getByRole('contentinfo').getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
    await page.reload();
    await page.getByText('3 of 8 steps').waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Skip: Report it to the vendor' }).click();
    await page.getByText('4 of 8 steps').waitFor();
    await page.getByRole('button', { name: 'Not yet: Report it to the vendor' }).click();
    await page.getByText('3 of 8 steps').waitFor();
  });

  for (const [colorScheme, width, height] of [
    ['dark', 1440, 900],
    ['light', 1024, 700],
    ['dark', 1024, 700],
    ['light', 1440, 900],
  ] as const) {
    it(`has no serious accessibility problem and fits when it is ${colorScheme}, ${width} wide`, async () => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toContain(colorScheme);
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      await shoot(page, `playbook-run-${width}-${colorScheme}`);
    });
  }

  it('is ended, and stays as a record', async () => {
    await page.getByRole('button', { name: 'Abandon…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Abandon the run' }).click();
    await page.getByText('abandoned', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /^Done:/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'All playbooks' }).click();
    await page
      .getByRole('table', { name: 'Runs' })
      .getByRole('row', { name: /Vendor outage orders abandoned/ })
      .waitFor();
    await shoot(page, 'playbook-runs');
  });
});
