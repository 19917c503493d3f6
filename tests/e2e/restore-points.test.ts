/** Controls, Restore points in real Chromium over the real gateway: what others broke is compared, brought back and undone; a set-up goes out and comes in. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityProblems } from '#tests/support/console/accessibility.ts';
import { goTo } from '#tests/support/console/acts.ts';
import { connectOther } from '#tests/support/console/other.ts';
import type { Scene } from '#tests/support/console/scene.ts';
import { shoot, startShop } from '#tests/support/console/shop.ts';
import type { ControlClient } from '#tests/support/gateway/control-client.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

let scene: Scene;
let page: Page;
let other: ControlClient;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());
const flag = (description: string) => ({ variants: { on: true, off: false }, defaultVariant: 'off', description });
const points = () => page.getByRole('table', { name: 'Restore points' });
const differences = () => page.getByRole('list', { name: 'What bringing it back would change' });

async function openTab(): Promise<void> {
  await goTo(page, 'Controls');
  await page.getByRole('navigation', { name: 'Pages of Controls' }).getByRole('link', { name: 'Restore points', exact: true }).click();
}
async function settled(): Promise<void> {
  await expect.poll(() => page.getByRole('status', { name: /^Loading/ }).count(), { timeout: 15_000 }).toBe(0);
}
async function descriptionNow(): Promise<unknown> {
  const { documents } = await other.call('document.list', { kind: 'flag' });
  const value = documents.find(({ id }) => id === 'checkout')?.value;
  return typeof value === 'object' && value !== null && 'description' in value ? value.description : null;
}

describe.skipIf(isMissing)(`restore points${why}`, () => {
  beforeAll(async () => {
    scene = await startShop();
    page = scene.window.page;
    other = await connectOther(scene);
  });
  afterAll(async () => {
    await other?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it('says what it is for while there is none, and makes one from the palette', async () => {
    await other.call('flag.put', { id: 'checkout', value: flag('as it was') });
    await openTab();
    await page.getByRole('heading', { name: 'No restore point yet' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('make a restore point');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Make a restore point' });
    await dialog.getByLabel('Name').fill('Before the sale');
    await page.keyboard.press('Enter');
    await points()
      .getByRole('row', { name: /Before the sale/ })
      .getByText('as it is now')
      .waitFor();
  });

  it('shows, once others changed things, how far now is from it, and field by field what differs', async () => {
    await other.call('flag.put', { id: 'checkout', value: flag('broken') });
    const value = { name: 'Late', connector: 'webhook', endpoint: scene.simulator.endpoint('webhook.late') };
    await other.call('destination.put', { id: 'late', value });
    await other.call('source.put', { id: 'app', value: { name: 'App', writeKey: 'key-of-the-app' } });
    await other.call('switch.set', { scope: { type: 'destination', destination: 'orders' }, mode: 'park' });
    await points()
      .getByRole('row', { name: /Before the sale/ })
      .getByText('3 documents differ')
      .waitFor({ timeout: 20_000 });
    await points()
      .getByRole('row', { name: /Before the sale/ })
      .focus();
    await page.keyboard.press('Enter');
    await differences().getByText('was broken is now as it was').waitFor();
    await differences().getByText('only shown: it is never brought back').waitFor();
    expect(await differences().getByRole('checkbox').count()).toBe(3);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('leaves out what would drop waiting events, and says so where it is ticked', async () => {
    const late = differences().getByRole('checkbox', { name: 'Late' });
    expect(await late.isChecked()).toBe(false);
    await late.check();
    await page.getByRole('button', { name: 'Bring back 3 documents…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bring back “Before the sale”' });
    await dialog.getByText('Late would be removed').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await shoot(page, 'removal');
    await page.keyboard.press('Escape');
    await late.uncheck();
  });

  it('brings back what is picked, after the name was typed, and undoes that', async () => {
    await differences().getByRole('checkbox', { name: 'app' }).uncheck();
    await page.getByRole('button', { name: 'Bring back 1 document…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bring back “Before the sale”' });
    const act = dialog.getByRole('button', { name: 'Bring back 1 document' });
    await dialog.getByLabel('Why').fill('the sale goes wrong');
    expect(await act.isEnabled()).toBe(false);
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByLabel('Type Before the sale to confirm').fill('Before the sale');
    await act.click();
    await page.getByText('“Before the sale” is back').waitFor();
    expect(await descriptionNow()).toBe('as it was');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Everything is as it was before').waitFor();
    expect(await descriptionNow()).toBe('broken');
    const { documents } = await other.call('document.list', { kind: 'switch' });
    expect(documents).toMatchObject([{ value: { mode: 'park' } }]);
  });

  it('overwrites nothing that somebody changed while it was looked at', async () => {
    await differences().getByText('was broken is now as it was').waitFor();
    await page.getByRole('button', { name: /^Bring back \d+ documents?…/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Bring back “Before the sale”' });
    await dialog.getByLabel('Why').fill('again');
    await dialog.getByLabel('Type Before the sale to confirm').fill('Before the sale');
    await other.call('flag.put', { id: 'checkout', value: flag('mended by somebody else') });
    await dialog.getByRole('button', { name: /^Bring back \d+ documents?$/ }).click();
    await dialog.getByText('flag checkout was changed by test').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await descriptionNow()).toBe('mended by somebody else');
  });

  it('compares two points with each other', async () => {
    await page.getByRole('button', { name: 'All restore points' }).click();
    await expect.poll(() => points().getByText('automatic', { exact: true }).count()).toBe(2);
    await points().getByRole('button', { name: 'Compare Before the sale' }).click();
    const select = page.getByLabel('“Before the sale” beside');
    await select.selectOption({ index: 1 });
    await page.getByRole('list', { name: 'What differs' }).waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.getByRole('button', { name: 'All restore points' }).click();
  });

  it('carries a set-up: what leaves holds no secret, a mistake is told by its line, what comes in is shown first', async () => {
    await page.getByRole('button', { name: 'Export…' }).click();
    const exporting = page.getByRole('dialog', { name: 'Export the set-up' });
    const text = await exporting.getByRole('textbox', { name: 'The set-up' }).inputValue();
    expect(text).toContain('format: sluice-setup');
    await exporting.getByLabel('Write keys').check();
    await exporting.getByText('sluice export set-up.yaml --leave-out source.writeKey').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await exporting.getByRole('button', { name: 'Close' }).last().click();

    await page.getByRole('button', { name: 'Import…' }).click();
    const importing = page.getByRole('dialog', { name: 'Import a set-up' });
    const changed = text.replace('name: App', 'name: The app');
    const upload = (content: string) =>
      importing
        .getByLabel('A file that was exported')
        .setInputFiles({ name: 'set-up.yaml', mimeType: 'text/yaml', buffer: Buffer.from(content) });
    await upload(changed.replace('writeKey: key-of-the-app', 'writKey: key-of-the-app'));
    await importing.getByText(/^Line \d+: documents\.source\.app\.writKey unknown key; did you mean writeKey\?$/).waitFor();
    await upload(changed);
    await importing.getByRole('list', { name: 'What the import would change' }).getByText('was App is now The app').waitFor();
    await shoot(page, 'import');
    expect(await accessibilityProblems(page)).toEqual([]);
    await importing.getByLabel('Why').fill('release 7');
    await importing.getByLabel('Type embedded to confirm').fill('embedded');
    await importing.getByRole('button', { name: 'Import 1 document' }).click();
    await page.getByText('The set-up is imported').waitFor();
    const { documents } = await other.call('document.list', { kind: 'source' });
    expect(documents.map(({ value }) => value)).toContainEqual(expect.objectContaining({ name: 'The app' }));
  });

  it('removes one after being asked', async () => {
    await points().getByRole('button', { name: 'Remove Before the sale' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the restore point' }).click();
    await expect
      .poll(() =>
        points()
          .getByRole('row', { name: /^Before the sale/ })
          .count(),
      )
      .toBe(0);
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`has no serious accessibility problem and fits a small window when it is ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await vi.waitUntil(() =>
        page.evaluate((wanted) => getComputedStyle(document.documentElement).colorScheme.includes(wanted), colorScheme),
      );
      for (const [width, height] of [
        [1440, 900],
        [1024, 700],
      ] as const) {
        await page.setViewportSize({ width, height });
        await openTab();
        await settled();
        const look = async (what: string): Promise<void> => {
          expect([what, await accessibilityProblems(page)]).toEqual([what, []]);
          expect([what, await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)]).toEqual([what, 0]);
          await shoot(page, `${what}-${width}-${colorScheme}`);
        };
        await look('points');
        await points()
          .getByRole('button', { name: /^Compare/ })
          .last()
          .click();
        await differences().waitFor();
        await look('compare');
        await page.getByRole('button', { name: /^Bring back \d+ documents?…/ }).click();
        await page.getByRole('dialog').getByLabel('Why').waitFor();
        await look('bring-back');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Export…' }).click();
        await page.getByRole('textbox', { name: 'The set-up' }).waitFor();
        await look('export');
        await page.keyboard.press('Escape');
      }
    });
  }

  it('breaks no rule of its content security policy and writes no error to the console', () => {
    expect(scene.window.problems).toEqual([]);
  });
});
