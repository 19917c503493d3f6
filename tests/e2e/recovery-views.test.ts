/**
 * Flow & recovery in real Chromium over the real gateway: a plan is written, broken, put right; rules and people are
 * tried out. What a person types of somebody stays in the page.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityProblems } from '#tests/support/console/accessibility.ts';
import { addCredential, goTo } from '#tests/support/console/acts.ts';
import { writeKey } from '#tests/support/console/events.ts';
import type { Scene } from '#tests/support/console/scene.ts';
import { startShop } from '#tests/support/console/shop.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const secret = `whsec_${Buffer.from('key of the recovery views test').toString('base64')}`;
const person = 'ana.of.the.test@example.com';
const schema = (type: string) => JSON.stringify({ type: 'object', required: ['total'], properties: { total: { type } } }, null, 2);

let scene: Scene;
let page: Page;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

async function send(messageId: string, more: object = {}): Promise<void> {
  const response = await fetch(`${scene.host.ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messageId, event: 'Order Completed', userId: 'user-1', properties: { total: '12.50' }, ...more }),
  });
  if (response.status !== 200) throw new Error(`${messageId} was answered with ${response.status}: ${await response.text()}`);
}

/** Goes to a page of Flow & recovery. */
async function open(tab: string): Promise<void> {
  await goTo(page, 'Flow & recovery');
  await page.getByRole('navigation', { name: 'Pages of Flow & recovery' }).getByRole('link', { name: tab, exact: true }).click();
}

/** Waits until all of it has come. */
async function settled(): Promise<void> {
  await expect.poll(() => page.getByRole('status', { name: /^Loading/ }).count(), { timeout: 15_000 }).toBe(0);
}

const box = (name: string) => page.getByRole('textbox', { name, exact: true });
const stored = (vendor: string) => scene.simulator.stored(vendor);

describe.skipIf(isMissing)(`flow & recovery${why}`, () => {
  beforeAll(async () => {
    scene = await startShop({ delivery: { batchSize: 1 } });
    page = scene.window.page;
    await addCredential(page, 'Orders', secret);
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  it('writes a plan from nothing: a mistake is told at its line, the test box answers while it is typed', async () => {
    await open('Plans');
    await page.getByRole('button', { name: 'Add a tracking plan…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a tracking plan' });
    await dialog.getByLabel('Name').fill('Shop plan');
    await dialog.getByRole('button', { name: 'Open the draft' }).click();
    await page.getByRole('button', { name: 'Add an event' }).first().click();
    await box('Event name').fill('Order Completed');
    await box('JSON Schema').fill('{\n  "type": "object"\n  "required": ["total"]\n}');
    await page.getByText('Line 2, column 19').waitFor();
    await page.getByText('a comma is missing after this').waitFor();
    await box('JSON Schema').fill(schema('nmber'));
    await page.getByText('The plan cannot be tried yet').waitFor();
    await box('JSON Schema').fill(schema('number'));
    await box('An event').fill('{ "event": "Order Completed", "userId": "u", "properties": { "total": "12.50" } }');
    await page.getByText('/total must be number').first().waitFor();
    await box('An event').fill('{ "event": "Order Completed", "userId": "u", "properties": { "total": 12.5 } }');
    await page.getByText('Fits the plan').waitFor();
  });

  it('keeps the draft while one looks elsewhere, and puts it in force', async () => {
    await goTo(page, 'Now');
    await open('Plans');
    await page.getByText('is a draft and not in force').waitFor();
    await page.getByRole('button', { name: 'Go on with it' }).click();
    await page.getByRole('combobox', { name: 'What breaks it' }).click();
    await page.getByRole('option', { name: 'Quarantine' }).click();
    await page.getByRole('button', { name: 'Put it in force' }).click();
    await page.getByText('The plan Shop plan is in force').waitFor();
    await page.getByText('shop-plan@1').first().waitFor();
  });

  it('shows what broke it in quarantine, where and how, without its values', async () => {
    await send('broken-1');
    await send('broken-2', { properties: { total: 'sum-of-a-stranger' } });
    await open('Quarantine');
    await page.getByText('none fits', { exact: true }).waitFor();
    const rows = page.getByRole('table', { name: 'Held events' }).getByRole('row').filter({ hasText: '/total must be number' });
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByText('Violation', { exact: true }).click();
    await page
      .getByRole('list', { name: 'Held events by violation' })
      .getByRole('button', { name: /^\/total must be number/ })
      .click();
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const details = page.getByRole('complementary', { name: /Order Completed/ });
    await details.getByText('Breaks shop-plan@1').waitFor();
    expect(await details.textContent()).toContain('text(17)');
    expect(await page.content()).not.toContain('sum-of-a-stranger');
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    expect(stored('webhook.orders').size).toBe(0);
  });

  it('releases it once the plan is put right, and the vendor gets it', async () => {
    await open('Plans');
    await page.getByRole('row', { name: /Shop plan/ }).click();
    await box('JSON Schema').fill(schema('string'));
    await page.getByRole('textbox', { name: 'Why (optional)' }).fill('totals are texts');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('shop-plan@2').first().waitFor();
    await open('Quarantine');
    await page.getByText('2 fit', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Release what fits…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Release 2 events' }).click();
    await dialog.getByText('2 events are on the way to their destinations.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Nothing is in quarantine').waitFor();
    await expect.poll(() => stored('webhook.orders').size).toBe(2);
  });

  it('tells the whole life of such an event, from the palette', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('broken-1');
    await page
      .getByRole('dialog', { name: 'Find anything' })
      .getByRole('button', { name: /Where did this event go/ })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Where did my event go?' });
    await dialog.getByText('Released from quarantine').waitFor();
    await dialog.getByText('it fits shop-plan@2').waitFor();
    await dialog.getByText('delivered').first().waitFor();
    expect(page.url()).not.toContain('broken-1');
    await page.keyboard.press('Escape');
  });

  it('discards only after the word was typed and a reason given', async () => {
    await open('Plans');
    await page.getByRole('row', { name: /Shop plan/ }).click();
    await page.getByRole('button', { name: /^Go back to it: .* of revision 1$/ }).click();
    await page.getByText('shop-plan@3').first().waitFor();
    await send('broken-3');
    await open('Quarantine');
    await page.getByRole('button', { name: 'Discard…' }).click();
    const dialog = page.getByRole('dialog');
    const act = dialog.getByRole('button', { name: 'Discard 1 event' });
    await act.waitFor();
    expect(await act.isDisabled()).toBe(true);
    await dialog.getByLabel('Why').fill('a test order');
    await dialog.getByLabel('Type discard to confirm').fill('discard');
    await act.click();
    await page.getByText('1 event discarded').waitFor();
    await page.getByText('Nothing is in quarantine').waitFor();
  });

  it('shows before and after of redaction rules while they are typed', async () => {
    await open('Redaction');
    await page.getByRole('button', { name: 'Add rules…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add redaction rules' });
    await dialog.getByLabel('Name').fill('Personal data');
    await dialog.getByRole('button', { name: 'Open the draft' }).click();
    const after = page.getByRole('region', { name: 'The event after redaction' });
    await box('Before').fill('{ "event": "Ask", "properties": { "note": "to ben@example.com, 4242 4242 4242 4242", "phone": "600" } }');
    await expect.poll(() => after.textContent()).toMatch(/to h_\S+, \*\*\*4242/);
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await box('Path of rule 3').fill('phone');
    await page.getByText('is no JSONPath such as').waitFor();
    await box('Path of rule 3').fill('$.properties.phone');
    await page.getByRole('combobox', { name: 'What rule 3 does' }).click();
    await page.getByRole('option', { name: 'Drop' }).click();
    await expect.poll(() => after.textContent()).not.toContain('phone');
    await page.getByText(/changed by email, card, rule-3/).waitFor();
    await page.getByRole('button', { name: 'Put it in force' }).click();
    await page.getByText('personal-data@1').first().waitFor();
    await send('redacted-1', { properties: { total: 5, phone: '600' } });
    await expect.poll(() => stored('webhook.orders').size).toBe(3);
  });

  it('takes a saved change back', async () => {
    await box('Id of rule 3').fill('phone');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('personal-data@2').first().waitFor();
    await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Personal data is as it was before').waitFor();
    await expect.poll(() => box('Id of rule 3').inputValue()).toBe('rule-3');
  });

  it('lets only some fields through to a destination', async () => {
    await open('Redaction');
    await page.getByRole('button', { name: 'Change what Orders gets' }).click();
    const dialog = page.getByRole('dialog', { name: 'What Orders gets' });
    await dialog.getByText('Only these fields').click();
    await dialog.getByLabel('Fields, one a line').fill('$.properties.total\ntotal');
    await dialog.getByText(/Line 2 must be a path/).waitFor();
    await dialog.getByLabel('Fields, one a line').fill('$.properties.total');
    await dialog.getByRole('button', { name: 'Save the allow-list' }).click();
    await page.getByText('1 destination with an allow-list').waitFor();
  });

  it('asks for consent, records what a person says, and keeps their id in the page alone', async () => {
    await open('Consent');
    await page.getByRole('button', { name: 'Ask for consent for Orders' }).click();
    const dialog = page.getByRole('dialog', { name: 'Consent that Orders needs' });
    await dialog.getByLabel('Categories').fill('advertising');
    await page.keyboard.press('Enter');
    await dialog.getByText('Orders gets an event only of somebody who granted advertising.').waitFor();
    await dialog.getByRole('button', { name: 'Save the consent it needs' }).click();
    await page.getByText('The consent of Orders is in force').waitFor();
    await box('User id or anonymous id').fill(person);
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText('does not get them').waitFor();
    await page.getByRole('group', { name: 'Consent to advertising' }).getByText('Granted').click();
    await page.getByText('advertising is granted').waitFor();
    await page.getByText('gets them', { exact: true }).waitFor();
    const kept = await page.evaluate(
      () => `${location.href} ${JSON.stringify({ ...localStorage })} ${JSON.stringify({ ...sessionStorage })}`,
    );
    expect(kept).not.toContain(person);
    await page.getByRole('button', { name: 'Suppress this person…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Suppress 1 person' }).click();
    await page.getByText('Opted out').waitFor();
    await page.getByRole('table', { name: 'Suppressed people' }).getByText('opt-out').waitFor();
    await goTo(page, 'Now');
    await open('Consent');
    expect(await box('User id or anonymous id').inputValue()).toBe('');
    expect(await page.content()).not.toContain(person);
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`has no serious accessibility problem when it is ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await vi.waitUntil(() =>
        page.evaluate((wanted) => getComputedStyle(document.documentElement).colorScheme.includes(wanted), colorScheme),
      );
      await send(`broken-${colorScheme}`);
      const problems: string[] = [];
      const look = async (where: string): Promise<void> => {
        await settled();
        problems.push(...(await accessibilityProblems(page)).map((problem) => `${where}: ${problem}`));
      };
      for (const tab of ['Flow', 'Quarantine', 'Plans', 'Redaction', 'Consent', 'Event life']) {
        await open(tab);
        await look(tab);
      }
      await open('Quarantine');
      await page.getByRole('table', { name: 'Held events' }).getByRole('row').nth(1).click();
      await page.getByRole('complementary', { name: /Order Completed/ }).waitFor();
      await look('a held event');
      await page.getByRole('button', { name: 'Release what fits…' }).click();
      await look('the release dialog');
      await page.keyboard.press('Escape');
      await open('Plans');
      await page.getByRole('row', { name: /Shop plan/ }).click();
      await box('JSON Schema').waitFor();
      await look('a plan');
      await box('JSON Schema').fill('{ oops }');
      await look('a plan with a mistake');
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await open('Redaction');
      await page.getByRole('row', { name: /Personal data/ }).click();
      await box('Before').waitFor();
      await look('redaction rules');
      await open('Event life');
      await box('Message id').fill('broken-1');
      await page.getByRole('button', { name: 'Find it' }).click();
      await page.getByText('Released from quarantine').waitFor();
      await look('the life of an event');
      expect(problems).toEqual([]);
    });
  }

  it('runs out of no window of 1024 by 700', async () => {
    await page.setViewportSize({ width: 1024, height: 700 });
    for (const tab of ['Flow', 'Quarantine', 'Plans', 'Redaction', 'Consent', 'Event life']) {
      await open(tab);
      await settled();
      const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([tab, overflowPx]).toEqual([tab, 0]);
    }
  });

  it('breaks no rule of its content security policy and writes no error to the console', () => {
    expect(scene.window.problems).toEqual([]);
  });
});
