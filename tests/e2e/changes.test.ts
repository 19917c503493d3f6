/** Controls, Changes in real Chromium over the real gateway: what others changed, the way back, what is left to a time, marks on charts. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from '#tests/support/console/accessibility.ts';
import { goTo, openPageOf } from '#tests/support/console/acts.ts';
import { connectOther } from '#tests/support/console/other.ts';
import type { Scene } from '#tests/support/console/scene.ts';
import { startShop } from '#tests/support/console/shop.ts';
import type { ControlClient } from '#tests/support/gateway/control-client.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

let scene: Scene;
let page: Page;
/** Somebody else, at the command line. */
let other: ControlClient;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());
const flag = (defaultVariant: string) => ({ variants: { on: true, off: false }, defaultVariant, description: 'the new checkout' });

async function flagNow(): Promise<unknown> {
  const { revisions } = await other.call('document.history', { kind: 'flag', id: 'checkout', limit: 1 });
  const value = revisions[0]?.value;
  return typeof value === 'object' && value !== null && 'defaultVariant' in value ? value.defaultVariant : null;
}

async function openChanges(): Promise<void> {
  await goTo(page, 'Controls');
  await page.getByRole('navigation', { name: 'Pages of Controls' }).getByRole('link', { name: 'Changes', exact: true }).click();
}

describe.skipIf(isMissing)(`the changes${why}`, () => {
  beforeAll(async () => {
    scene = await startShop();
    page = scene.window.page;
    other = await connectOther(scene);
  });
  afterAll(async () => {
    await other?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it('shows who changed what and why as it happens, with the difference on demand', async () => {
    await openChanges();
    await page.getByText('added the destination Orders').waitFor();
    await other.call('flag.put', { id: 'checkout', value: flag('off') });
    await other.call('flag.set', { id: 'checkout', defaultVariant: 'on', reason: 'the sale begins' });
    const entry = page.getByRole('button', { name: /test switched the flag checkout/ });
    await entry.waitFor();
    await page.getByText('the sale begins').waitFor();
    await entry.focus();
    await page.keyboard.press('Enter');
    const difference = page.getByRole('list', { name: 'What test changed' });
    expect(await difference.textContent()).toContain('Default variantwas off is now on');
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('takes it back with one press, and brings back what was removed', async () => {
    await page.getByRole('button', { name: /^Take it back: .*flag checkout/ }).click();
    await page.getByText('took back a change to the flag checkout').waitFor();
    expect(await flagNow()).toBe('off');
    await other.call('flag.remove', { id: 'checkout', confirm: 'checkout', reason: 'over' });
    await page.getByRole('button', { name: /^Bring it back: .*flag checkout/ }).click();
    await expect.poll(flagNow).toBe('off');
  });

  it('finds changes of one kind, and of one person', async () => {
    await page.getByRole('combobox', { name: 'Show changes of' }).click();
    await page.getByRole('option', { name: 'flag', exact: true }).click();
    await expect.poll(() => page.getByText('added the destination Orders').count()).toBe(0);
    await page.getByText('switched the flag checkout').waitFor();
    await page.getByRole('textbox', { name: 'Made by' }).fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('No such change').waitFor();
    await page.getByRole('textbox', { name: 'Made by' }).fill('');
    await page.keyboard.press('Enter');
    await page.getByText('switched the flag checkout').waitFor();
  });

  it('leaves a change to a time, runs it sooner, and puts it back', async () => {
    await page.getByRole('button', { name: 'Schedule a change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Schedule a change' });
    await dialog.getByRole('textbox', { name: 'Input' }).fill('{"id": "checkout", "defaultVariant": "blue"}');
    await dialog.getByText('at', { exact: true }).last().click();
    await dialog.getByLabel('Why').fill('black friday');
    await dialog.getByRole('button', { name: 'Schedule it' }).click();
    await dialog.getByRole('alert').getByText('there is no variant blue').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Input' }).fill('{"id": "checkout", "defaultVariant": "on"}');
    await dialog.getByRole('button', { name: 'Schedule it' }).click();
    const ahead = page.getByRole('list', { name: 'What will happen by itself' });
    await ahead.getByText('Switch a flag: checkout').waitFor();
    expect(await flagNow()).toBe('off');
    await ahead.getByRole('button', { name: 'Run now: Switch a flag: checkout' }).click();
    await ahead.getByText('Puts back: Switch a flag: checkout').waitFor();
    expect(await flagNow()).toBe('on');
    await ahead.getByRole('button', { name: 'Put back now: Switch a flag: checkout' }).click();
    await page.getByText('Nothing is left to a time').waitFor();
    expect(await flagNow()).toBe('off');
  });

  it('says loudly what it did not put back', async () => {
    const run = { operation: 'flag.set', input: { id: 'checkout', defaultVariant: 'on' } };
    const { id } = await other.call('schedule.put', { run, undoAt: Date.now() + 3_600_000, reason: 'an hour' });
    await expect.poll(flagNow).toBe('on');
    await other.call('flag.put', { id: 'checkout', value: { ...flag('on'), owner: 'bob' } });
    await page.getByRole('button', { name: 'Put back now: Switch a flag: checkout' }).click();
    const note = page.getByRole('note').filter({ hasText: 'Did not go as planned: Switch a flag: checkout' });
    await note.getByText('test changed flag checkout since').waitFor();
    expect(await flagNow()).toBe('on');
    expect(await accessibilityProblems(page)).toEqual([]);
    await openChanges();
    expect((await other.call('document.list', { kind: 'schedule' })).documents.find((document) => document.id === id)?.value).toMatchObject(
      {
        state: 'failed',
      },
    );
  });

  it('marks what concerns a destination on its charts, and lists it in their tables', async () => {
    await other.call('destination.claim', { id: 'orders', owner: 'ada', reason: 'on call' });
    await openPageOf(page, 'Orders');
    const chart = page.getByRole('figure').filter({ hasText: 'Throughput' });
    await expect.poll(() => chart.locator('svg svg g[class*=mark]').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'More of Throughput' }).click();
    await page.getByRole('menuitem', { name: 'Show as table' }).click();
    const table = page.getByRole('table', { name: 'Changes during Throughput' });
    await table.getByText('test changed who looks after Orders: on call').waitFor();
    await table.getByText('test switched the flag checkout: the sale begins').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('is found by its name, and reports no problem of the page', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Changes');
    await page
      .getByRole('dialog', { name: 'Find anything' })
      .getByRole('button', { name: /^Changes/ })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    expect(scene.window.problems).toEqual([]);
  });
});
