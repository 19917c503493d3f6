/** Controls → Flags in real Chromium over the real gateway: from the first flag to a kill and back, by hand and by keys. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from '#tests/support/console/accessibility.ts';
import { addCredential, goTo, openPageOf } from '#tests/support/console/acts.ts';
import { writeKey } from '#tests/support/console/events.ts';
import type { Scene } from '#tests/support/console/scene.ts';
import { startShop } from '#tests/support/console/shop.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

let scene: Scene;
let page: Page;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());
const secret = `whsec_${Buffer.from('key of the flag views test').toString('base64')}`;

async function open(tab: string): Promise<void> {
  await goTo(page, 'Controls');
  await page.getByRole('navigation', { name: 'Pages of Controls' }).getByRole('link', { name: tab, exact: true }).click();
}

/** What an app gets, over OFREP. */
async function ask(flag: string, context: object): Promise<unknown> {
  const answer = await fetch(`${scene.host.ingestUrl}/ofrep/v1/evaluate/flags/${flag}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}` },
    body: JSON.stringify({ context }),
  });
  return Reflect.get(Object(await answer.json()), 'value');
}

async function add(key: string, type: 'Release' | 'Kill'): Promise<void> {
  await page.getByRole('button', { name: 'Add a flag…' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add a flag' });
  await dialog.getByLabel('Key').fill(key);
  await dialog.getByText(type, { exact: true }).click();
  await dialog.getByRole('button', { name: 'Open the draft' }).click();
}

const rowOf = (key: string) => page.getByRole('table', { name: 'Flags' }).getByRole('row').filter({ hasText: key });
const details = (key: string) => page.getByRole('complementary', { name: `Details of ${key}` });

describe.skipIf(isMissing)(`flags${why}`, () => {
  beforeAll(async () => {
    scene = await startShop({ delivery: { batchSize: 1 } });
    page = scene.window.page;
    await addCredential(page, 'Orders', secret);
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  it('begins with the one next step', async () => {
    await open('Flags');
    await page.getByText('No flags yet').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('draws a flag by its percentage and by its targeting, tried before it is in force', async () => {
    await add('new-checkout', 'Release');
    await page.getByText('off for everybody', { exact: true }).waitFor();
    await page.getByRole('button', { name: '25 % of users' }).click();
    await page.getByText('on for 25 % of users', { exact: true }).waitFor();
    const targeting = page.getByRole('textbox', { name: 'Targeting', exact: true });
    await targeting.fill('{ "if": [{ "===": [{ "var": "plan" }, "pro"] }, "on"');
    await page.getByText('The draft cannot be tried yet').waitFor();
    await targeting.fill('{ "if": [{ "===": [{ "var": "plan" }, "pro"] }, "on"] }');
    await page.getByText('on for plan = pro only', { exact: true }).waitFor();
    await page.getByRole('button', { name: '25 % of users' }).click();
    await page.getByText('on for 25 % of users, and for plan = pro', { exact: true }).waitFor();
    await page.getByText('its targeting says so').waitFor();
    expect(await ask('new-checkout', { plan: 'pro' })).toBe(undefined);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Put it in force' }).click();
    await page.getByText('new-checkout is in force').waitFor();
    expect(await ask('new-checkout', { plan: 'pro' })).toBe(true);
  });

  it('lists it with who gets what, and opens it by keys: what it comes to, and every version', async () => {
    await open('Flags');
    await rowOf('new-checkout').getByText('on for 25 % of users, and for plan = pro').waitFor();
    await rowOf('new-checkout').focus();
    await page.keyboard.press('Enter');
    await details('new-checkout').getByText('its targeting says so').waitFor();
    await details('new-checkout').getByText('TARGETING_MATCH').waitFor();
    await details('new-checkout').getByText('Versions').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityProblems(page)).toEqual([]);
    }
    await page.keyboard.press('Escape');
    await expect.poll(() => details('new-checkout').count()).toBe(0);
  });

  it('kills with one click, and takes it back with another', async () => {
    await add('search', 'Kill');
    await page.getByRole('button', { name: 'Put it in force' }).click();
    await page.getByText('search is in force').waitFor();
    expect(await ask('search', {})).toBe(true);
    await open('Flags');
    await rowOf('search').getByRole('button', { name: 'Turn search off for everybody' }).click();
    await page.getByText('search is off for everybody').first().waitFor();
    expect(await ask('search', {})).toBe(false);
    await rowOf('search').getByText('off for everybody').waitFor();
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await page.getByText('search is as it was before').waitFor();
    expect(await ask('search', {})).toBe(true);
  });

  it('is found from the palette, and killed there', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('turn off search');
    await page
      .getByRole('dialog', { name: 'Find anything' })
      .getByRole('button', { name: /Turn off search/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('search is off for everybody').first().waitFor();
    expect(await ask('search', {})).toBe(false);
  });

  it('gates a destination: its page says whose events it gets, and that it gets nothing where the flag is disabled', async () => {
    await openPageOf(page, 'Orders');
    await page.getByRole('link', { name: 'Delivery', exact: true }).click();
    await page.getByRole('button', { name: 'Roll out by a flag…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rollout of Orders' });
    await dialog.getByRole('combobox', { name: 'It gets the events for which' }).click();
    await page.getByRole('option', { name: 'the flag new-checkout is true' }).click();
    await dialog.getByRole('button', { name: 'Save Orders' }).click();
    await page.getByText('Orders is in force').waitFor();
    await page.getByText('on for 25 % of users, and for plan = pro').waitFor();
    await page.getByRole('link', { name: 'Flag new-checkout' }).click();
    await details('new-checkout').getByRole('link', { name: 'Orders' }).waitFor();
    await details('new-checkout').getByRole('button', { name: 'Edit…' }).click();
    await page.getByText('Disabled', { exact: true }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('new-checkout is in force').first().waitFor();
    await openPageOf(page, 'Orders');
    await page.getByText('It gets nothing: the flag new-checkout decides, and it is disabled').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
