/**
 * Dead letters, replays, limits, erasures and backups in real Chromium over the real gateway: what a vendor refused is
 * found, looked at, put right and sent; who is forgotten, is; what is backed up can be restored.
 */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityProblems, loadAxe } from '#tests/support/console/accessibility.ts';
import { addCredential, goTo } from '#tests/support/console/acts.ts';
import { writeKey } from '#tests/support/console/events.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const secret = `whsec_${Buffer.from('key of the dead letter views test').toString('base64')}`;
const person = 'forget.me@example.com';

let scene: Scene;
let page: Page;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

async function send(messageId: string, more: object = {}): Promise<number> {
  const response = await fetch(`${scene.host.ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messageId, event: 'Order Completed', userId: 'user-1', properties: { total: 'secret-sum' }, ...more }),
  });
  await response.body?.cancel();
  return response.status;
}

async function open(place: string, tab: string): Promise<void> {
  await goTo(page, place);
  await page
    .getByRole('navigation', { name: `Pages of ${place}` })
    .getByRole('link', { name: tab, exact: true })
    .click();
}

/** Presses a button whenever it can be pressed, until what it leads to shows. */
async function pressUntil(name: string | RegExp, sign: Locator): Promise<void> {
  const button = page.getByRole('button', { name }).first();
  await vi.waitUntil(
    async () => {
      if (await sign.isVisible()) return true;
      if (await button.isEnabled().catch(() => false)) await button.click();
      return false;
    },
    { timeout: 60_000, interval: 1500 },
  );
}

const stored = () => scene.simulator.stored('webhook.orders');
const letters = () => page.getByRole('table', { name: 'Dead letters of Orders' }).getByRole('row').filter({ hasText: 'Order Completed' });
const pages = [
  ['Flow & recovery', 'Dead letters'],
  ['System', 'Sources'],
  ['System', 'Backups'],
  ['System', 'Erasure & retention'],
] as const;

describe.skipIf(isMissing)(`dead letters and upkeep${why}`, () => {
  beforeAll(async () => {
    scene = await startScene({
      window: { prepare: loadAxe },
      config: (simulator) => ({
        sources: [{ id: 'shop', name: 'Shop', writeKey, moreKeys: [{ label: 'old-app', key: 'old-app-write-key' }] }],
        destinations: [
          {
            id: 'orders',
            name: 'Orders',
            connector: 'webhook',
            endpoint: simulator.endpoint('webhook.orders'),
            delivery: { batchSize: 1 },
          },
        ],
      }),
    });
    page = scene.window.page;
    await addCredential(page, 'Orders', secret);
    scene.simulator.dial({ vendor: 'webhook.orders', failure: 'partial' });
    for (const number of [1, 2, 3]) expect(await send(`refused-${number}`)).toBe(200);
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  it('shows what the vendor refused, why, and what would be sent now, without its values', async () => {
    await open('Flow & recovery', 'Dead letters');
    await expect.poll(() => letters().count()).toBe(3);
    await page.getByRole('button', { name: /^rejected/ }).click();
    await expect.poll(() => letters().count()).toBe(3);
    await letters().first().focus();
    await page.keyboard.press('Enter');
    const details = page.getByRole('complementary', { name: /Order Completed/ });
    await details.getByText('Would be sent').waitFor();
    expect(await details.textContent()).toContain('text(10)');
    expect(await page.content()).not.toContain('secret-sum');
  });

  it('sends an edited copy, with its reason, and settles the original', async () => {
    scene.simulator.dial({ vendor: 'webhook.orders', failure: 'ok' });
    await page.getByRole('button', { name: 'Edit a copy…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit a copy of Order Completed' });
    const act = dialog.getByRole('button', { name: 'Send the edited copy to Orders' });
    await dialog.getByLabel('Part of change 1').fill('/properties/total');
    await dialog.getByLabel('New value of change 1').fill('12.50');
    await dialog.getByText('Would be sent').waitFor();
    expect(await act.isDisabled()).toBe(true);
    await dialog.getByLabel('Why').fill('ticket 7');
    await act.click();
    await page.getByText('The edited copy is on its way to Orders').waitFor();
    await expect.poll(() => stored().size).toBe(1);
    expect([...stored().keys()].some((key) => key.startsWith('refused'))).toBe(false);
    await expect.poll(() => letters().count()).toBe(2);
  });

  it('replays the rest at a pace, after a preview and with a reason, and shows how far it is', async () => {
    await page.getByRole('button', { name: /^Replay (all|these)…$/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Replay .*dead letters of Orders/ });
    await dialog.getByText('Dead letters tried again').waitFor();
    const act = dialog.getByRole('button', { name: 'Replay 2 events' });
    await act.waitFor();
    expect(await act.isDisabled()).toBe(true);
    await dialog.getByLabel('Why').fill('their bug is fixed');
    await act.click();
    await expect.poll(() => stored().size).toBe(3);
    const replay = page.getByRole('listitem', { name: 'Replay to Orders' });
    await replay.getByText('Done').waitFor();
    await replay.getByText('2 delivered').waitFor();
    await page.getByText('There is none: it took everything.').waitFor();
  });

  it('discards dead letters only with the destination typed and a reason', async () => {
    scene.simulator.dial({ vendor: 'webhook.orders', failure: 'partial' });
    await send('refused-4');
    await expect.poll(() => letters().count(), { timeout: 15_000 }).toBe(1);
    await page.getByRole('checkbox', { name: /^Choose log entry/ }).check();
    await page.getByRole('button', { name: 'Discard 1…' }).click();
    const dialog = page.getByRole('dialog');
    const act = dialog.getByRole('button', { name: 'Discard 1 dead letter' });
    await act.waitFor();
    expect(await act.isDisabled()).toBe(true);
    await dialog.getByLabel('Why').fill('a test');
    await dialog.getByLabel('Type orders to confirm').fill('orders');
    await act.click();
    await page.getByText('1 dead letter discarded').waitFor();
    scene.simulator.dial({ vendor: 'webhook.orders', failure: 'ok' });
  });

  it('limits a source, and keeps what the form does not show', async () => {
    await open('System', 'Sources');
    await page.getByRole('button', { name: 'Change Shop' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change Shop' });
    await dialog.getByText('How much it may send').click();
    await dialog.getByLabel('The source as a whole: Events a day').fill('1000');
    await dialog.getByRole('button', { name: 'Save source' }).click();
    await page.getByText('1.00 k a day').waitFor();
    await page.getByRole('progressbar', { name: 'Quota of shop used today' }).waitFor();
    await page.getByRole('row', { name: /Shop/ }).click();
    const details = page.getByRole('dialog', { name: 'What Shop sends' });
    await details.getByRole('table', { name: 'By write key' }).getByText('old-app').waitFor();
    await page.keyboard.press('Escape');
  });

  it('takes a backup, verifies it, and rehearses its restore', async () => {
    await open('System', 'Backups');
    await page.getByRole('button', { name: 'Set a folder…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Backup folder and schedule' });
    await dialog.getByLabel('Folder').fill(join(scene.host.folder, 'backups'));
    await dialog.getByRole('button', { name: 'Save the schedule' }).click();
    // The schedule begins at once: what a person starts may have to wait for it, and says so.
    await pressUntil('Back up now', page.getByRole('row').filter({ hasText: 'Not verified' }).nth(1));
    await pressUntil(/^Verify \d/, page.getByText('Verified', { exact: true }).first());
    await pressUntil(/^Rehearse a restore of/, page.getByText(/^rehearsed /));
  }, 180_000);

  it('erases a person after one look at what goes, and keeps the id in the page alone', async () => {
    await send('of-the-person', { userId: person });
    await open('System', 'Erasure & retention');
    await page.getByRole('button', { name: 'Erase a person…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase a person' });
    await dialog.getByLabel('User id').fill(person);
    await dialog.getByRole('button', { name: 'See what would go' }).click();
    await dialog.getByText('1 event', { exact: true }).waitFor();
    await dialog.getByLabel('Why').fill('ticket 8');
    await dialog.getByLabel('Type erase to confirm').fill('erase');
    await dialog.getByRole('button', { name: 'Erase this person for good' }).click();
    await page
      .getByRole('table', { name: 'Erasures' })
      .getByText(/gone here/)
      .waitFor({ timeout: 30_000 });
    expect(await page.content()).not.toContain(person);
    expect(page.url()).not.toContain('forget');
    await page.getByRole('table', { name: 'Retention' }).getByText('Audit').waitFor();
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`has no serious accessibility problem when it is ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await vi.waitUntil(() =>
        page.evaluate((wanted) => getComputedStyle(document.documentElement).colorScheme.includes(wanted), colorScheme),
      );
      const problems: string[] = [];
      for (const [place, tab] of pages) {
        await open(place, tab);
        await expect.poll(() => page.getByRole('status', { name: /^Loading/ }).count(), { timeout: 15_000 }).toBe(0);
        problems.push(...(await accessibilityProblems(page)).map((problem) => `${tab}: ${problem}`));
      }
      expect(problems).toEqual([]);
    });
  }

  it('runs out of no window of 1024 by 700, breaks no policy and writes no error', async () => {
    await page.setViewportSize({ width: 1024, height: 700 });
    for (const [place, tab] of pages) {
      await open(place, tab);
      const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([tab, overflowPx]).toEqual([tab, 0]);
    }
    expect(scene.window.problems).toEqual([]);
  });
});
