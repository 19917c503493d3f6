import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, loadAxe } from '#tests/support/console/accessibility.ts';
import { goTo, rowOf } from '#tests/support/console/acts.ts';
import { sendEvent, writeKey } from '#tests/support/console/events.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const secret = `whsec_${Buffer.from('key of the first run test').toString('base64')}`;
const patient = { timeout: 30_000 };

let scene: Scene;
let page: Page;
const door = (name: string) => page.getByRole('region', { name });

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

describe.skipIf(isMissing)(`the first run, on an empty data folder${why}`, () => {
  beforeAll(async () => {
    scene = await startScene({ window: { prepare: loadAxe } });
    page = scene.window.page;
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  it('shows three doors: the demo, watching what one has, running a gateway', async () => {
    for (const name of ['60-second demo', 'Watch what I have', 'Run a gateway']) await door(name).getByRole('heading', { name }).waitFor();
    await door('60-second demo').getByText('npm run demo').waitFor();
    await door('Run a gateway')
      .getByText(/npm run gateway/)
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('leads through the second door to a source that takes events', async () => {
    await door('Watch what I have').getByRole('button', { name: 'Add a source…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a source' });
    await dialog.getByLabel('Name', { exact: true }).fill('Web shop');
    await dialog.getByLabel('Write key').fill(writeKey);
    await dialog.getByRole('button', { name: 'Add source' }).click();
    await page.getByRole('dialog', { name: 'Web shop may send now' }).getByRole('button', { name: 'Done' }).click();
    await sendEvent(scene.host, 'watched-1');
  });

  it('counts its events under Flow, though they go nowhere yet', async () => {
    await goTo(page, 'Flow & recovery');
    const line = page.getByRole('table', { name: 'Sources in figures' }).getByRole('row').filter({ hasText: 'Web shop' });
    await line.getByText('1', { exact: true }).first().waitFor();
  });

  it('leads on to a destination, its credential and its first delivery', async () => {
    await goTo(page, 'Now');
    await page.getByRole('region', { name: 'To the first delivery' }).getByRole('button', { name: 'Add a destination…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a destination' });
    await dialog.getByRole('combobox', { name: 'Connector' }).click();
    await page.getByRole('option', { name: 'Signed webhook' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Orders');
    await dialog.getByLabel('Address').fill(scene.simulator.endpoint('webhook'));
    await dialog.getByRole('button', { name: 'Add destination' }).click();
    await page.getByRole('dialog', { name: 'Orders is added' }).getByRole('button', { name: 'Add its credential…' }).click();
    const credential = page.getByRole('dialog', { name: 'Add the credential of Orders' });
    await credential.getByLabel('Signing secret').fill(secret);
    await credential.getByRole('button', { name: 'Add credential' }).click();
    await page.getByRole('dialog', { name: 'Orders has its credential' }).getByRole('button', { name: 'Done' }).click();
    await sendEvent(scene.host, 'delivered-1');
    await expect.poll(() => [...scene.simulator.stored('webhook').keys()], patient).toEqual(['delivered-1']);
    await goTo(page, 'Destinations');
    await rowOf(page, 'Orders').getByText('Healthy', { exact: true }).waitFor();
  });

  it('and nothing went wrong on the way', () => {
    expect(scene.window.problems).toEqual([]);
  });
});
