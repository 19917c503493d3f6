/** Rollouts in real Chromium over the real gateway: started, watched, steered from the keyboard, and taken back. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '#contract/zod.ts';
import { accessibilityProblems } from '#tests/support/console/accessibility.ts';
import { addCredential, goTo } from '#tests/support/console/acts.ts';
import { writeKey } from '#tests/support/console/events.ts';
import type { Scene } from '#tests/support/console/scene.ts';
import { startShop } from '#tests/support/console/shop.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const secret = `whsec_${Buffer.from('key of the rollout views test').toString('base64')}`;
let scene: Scene;
let page: Page;
let stopTraffic = async () => {};

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

async function putFlag(id: string): Promise<void> {
  const [file = ''] = globSync(join(scene.host.folder, '**/control.json'));
  const { url, token } = z.object({ url: z.string(), token: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8')));
  await using control = connectControl(url, token);
  await control.call('flag.put', { id, value: { variants: { on: true, off: false }, defaultVariant: 'off' } });
}

/** Some 200 events a second from a thousand people. */
function sendSteadily(): () => Promise<void> {
  let isStopped = false;
  let next = 0;
  const event = () => ({ type: 'track', messageId: `r-${next}`, event: 'Order Completed', userId: `u-${next++ % 1000}` });
  const headers = { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' };
  const working = (async () => {
    while (!isStopped) {
      const body = JSON.stringify({ batch: Array.from({ length: 20 }, event) });
      await (await fetch(`${scene.host.ingestUrl}/v1/batch`, { method: 'POST', headers, body })).arrayBuffer();
      // The pace of the traffic; nothing waits for it.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return async () => {
    isStopped = true;
    await working;
  };
}

async function open(): Promise<void> {
  await goTo(page, 'Controls');
  await page.getByRole('navigation', { name: 'Pages of Controls' }).getByRole('link', { name: 'Rollouts', exact: true }).click();
}

const state = (word: string) => page.getByRole('status').filter({ hasText: new RegExp(`^ ?${word}$`) });
const button = (name: string | RegExp) => page.getByRole('button', { name });

describe.skipIf(isMissing)(`rollouts${why}`, () => {
  beforeAll(async () => {
    scene = await startShop();
    page = scene.window.page;
    await addCredential(page, 'Orders', secret);
    stopTraffic = sendSteadily();
  });
  afterAll(async () => {
    await stopTraffic();
    await scene?.[Symbol.asyncDispose]();
  });

  it('says that there is none yet, and how to begin', async () => {
    await open();
    await page.getByRole('heading', { name: 'No rollout yet' }).waitFor();
    await button('Start a rollout…').first().click();
    await page.getByText('There is no flag to roll out').waitFor();
    await page.keyboard.press('Escape');
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('starts one from a flag, with what it will do in words', async () => {
    await putFlag('checkout');
    await button('Start a rollout…').first().click();
    const dialog = page.getByRole('dialog', { name: 'Start a guarded rollout' });
    await dialog.getByText('1 % get “on” of checkout at once').waitFor();
    await dialog.getByLabel('Steps, per cent of everybody').fill('100, 1');
    await dialog.getByText('Rising numbers up to 100, with commas').waitFor();
    await dialog.getByLabel('Steps, per cent of everybody').fill('5, 50, 100');
    await dialog.getByText('5 % get “on” of checkout at once').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Give it to 5 % now' }).click();
    await state('Running').waitFor();
    expect(page.url()).toContain('/controls/rollouts/checkout-');
  });

  it('shows each guardrail with value, bound and sample, and the chart that it draws on', async () => {
    const rails = page.getByRole('table', { name: 'Guardrails' });
    await rails.getByText(/^Failed attempts, Orders$/).waitFor();
    await rails.getByText(/% of [\d,]+ attempts at orders failed; allowed are 2 %/).waitFor();
    await rails.getByText('Holds', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByRole('img', { name: /^Failed attempts, Orders, chart/ }).waitFor();
    await page.getByText(/^It goes to 50 % in .*, if every guardrail holds then\.$/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('is paused with one key, and resumed from a step after a look at what that does', async () => {
    await button('Pause').focus();
    await page.keyboard.press('Enter');
    await state('Paused').waitFor();
    await button('Resume…').click();
    const dialog = page.getByRole('dialog', { name: 'Resume the rollout of checkout' });
    await dialog.getByLabel('From step').selectOption({ label: '50 %' });
    await dialog.getByText('50 % get “on” of checkout at once').waitFor();
    await dialog.getByLabel('Why (optional)').fill('the small step told us enough');
    await dialog.getByRole('button', { name: 'Resume at 50 %' }).click();
    await state('Running').waitFor();
    await expect.poll(() => page.locator('[aria-current="step"]').textContent()).toContain('50 %');
    await page.getByText('the small step told us enough').first().waitFor();
  });

  it('takes itself back when the vendor fails, and says why', async () => {
    scene.simulator.dial({ vendor: 'webhook.orders', failure: '500', share: 0.3 });
    await state('Reverted itself').waitFor({ timeout: 90_000 });
    await page
      .getByText(/% of [\d,]+ attempts at orders failed in 5 min, with certainty more than .*; allowed are 2 %/)
      .first()
      .waitFor();
    await page.getByText('taken back here').waitFor();
    await page.getByRole('list', { name: 'What happened' }).getByText('took it back', { exact: true }).waitFor();
    await page.getByText('What the guardrails said').first().click();
    expect(await accessibilityProblems(page)).toEqual([]);
    scene.simulator.dial({ vendor: 'webhook.orders', failure: 'ok' });
  });

  it('is in the list, and found by its name in the palette', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('rollouts');
    await page
      .getByRole('dialog', { name: 'Find anything' })
      .getByRole('button', { name: /^Rollouts/ })
      .first()
      .click();
    const row = page.getByRole('table', { name: 'Rollouts' }).getByRole('row').filter({ hasText: 'checkout' });
    await row.getByText('Reverted itself').waitFor();
    await row.focus();
    await page.keyboard.press('Enter');
    await state('Reverted itself').waitFor();
    expect(scene.window.problems).toEqual([]);
  });
});
