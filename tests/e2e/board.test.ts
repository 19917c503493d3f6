/**
 * The built console over the made-up gateway (tests/support/renderer-fake): what a person does with keys and pointer,
 * and what an assistive tool is told. The whole product end to end is in console.test.ts.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { startFake } from '#tests/support/renderer-fake/server.ts';
import { needs, whyNoBuild, whyNoChromium } from '#tests/support/requirements.ts';

const { isMissing, why } = needs(whyNoChromium(), whyNoBuild());
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let fake: Awaited<ReturnType<typeof startFake>>;
let browser: Browser;
/** Whatever a page complained of: bugs, and violations of the content security policy. */
const complaints: string[] = [];

async function openConsole(options: { readonly scheme?: 'dark' | 'light'; readonly isInspected?: boolean } = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: options.scheme ?? 'dark',
    bypassCSP: options.isInspected ?? false,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(fake.url);
  await page.waitForSelector('main');
  return page;
}

async function go(page: Page, place: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#${place}`);
}

const rowIds = (page: Page) => page.locator('[role=row][data-id]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')));

describe.skipIf(isMissing)(`the board${why}`, () => {
  let page: Page;

  beforeAll(async () => {
    fake = await startFake({ destinations: 40 });
    browser = await launchChromium();
    page = await openConsole();
    await go(page, '/destinations');
    await page.waitForSelector('[role=row][data-id=hubspot]');
  });
  afterAll(async () => {
    await browser?.close();
    fake?.close();
  });

  it('shows first what needs a person, and says so in the title', async () => {
    await page.waitForFunction(() => document.title.includes('failing'));
    expect((await rowIds(page))[0]).toBe('hubspot');
    expect(await page.getByRole('region', { name: 'Needs you' }).textContent()).toContain('HubSpot answers 502');
  });

  it('parks by Enter, Enter: no more, and no less', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('[role=row][data-id=hubspot][aria-selected=true]');
    await page.keyboard.press('Enter');
    expect(fake.world.lanes.find((lane) => lane.id === 'hubspot')?.state).toBe('flowing');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Messages' }).getByText('HubSpot is parked').waitFor();
    expect(fake.world.lanes.find((lane) => lane.id === 'hubspot')?.state).toBe('parked');
  });

  it('undoes it, and writes the reason that was asked for afterwards', async () => {
    const message = page.getByRole('region', { name: 'Messages' });
    await message.getByRole('textbox', { name: 'Why' }).fill('they are down');
    await message.getByRole('button', { name: 'Add reason' }).click();
    await message.getByText('The reason is in the audit').waitFor();
    expect(fake.world.audit.at(-1)).toMatchObject({ action: 'audit.note', reason: 'they are down' });
    await message.getByRole('button', { name: 'Undo' }).click();
    await message.getByText('HubSpot is as it was before').waitFor();
    expect(fake.world.lanes.find((lane) => lane.id === 'hubspot')?.state).toBe('flowing');
  });

  it('keeps its rows where they are when something newly fails under a hand, and tells of it in its strip', async () => {
    await page.mouse.move(700, 500);
    const before = await rowIds(page);
    const victim = fake.world.lanes.find((lane) => lane.id === 'ga4');
    if (victim === undefined) throw new Error('no such lane');
    Object.assign(victim, { state: 'held', why: 'Google refused the credential' });
    await page.getByRole('region', { name: 'Needs you' }).getByText('Google refused the credential').waitFor();
    await page.mouse.move(710, 500);
    expect(await rowIds(page)).toEqual(before);
    await page.getByRole('button', { name: 'Sort now' }).click();
    expect(before.indexOf('ga4')).toBeGreaterThan(5);
    await expect.poll(async () => (await rowIds(page)).indexOf('ga4')).toBeLessThan(5);
  });

  it('acts on the row that the pointer went down on, whatever slid under it before it came up', async () => {
    const isParked = (id: string) => fake.world.lanes.find((lane) => lane.id === id)?.state === 'parked';
    const box = await page.locator('[role=row][data-id=crm-webhook] [data-act=park]').boundingBox();
    if (box === null) throw new Error('no switch in the row');
    await page.mouse.move(box.x + 10, box.y + 10);
    await page.mouse.down();
    await page.getByRole('grid').evaluate((grid) => grid.scrollBy(0, 36));
    await page.mouse.up();
    await page.getByRole('region', { name: 'Messages' }).getByText('CRM webhook is parked').waitFor();
    expect(isParked('crm-webhook-1')).toBe(false);
  });

  it('takes it back when the pointer moves away before it comes up', async () => {
    const box = await page.locator('[role=row][data-id=crm-webhook-1] [data-act=park]').boundingBox();
    if (box === null) throw new Error('no switch in the row');
    const commands = fake.world.audit.length;
    await page.mouse.move(box.x + 10, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x - 200, box.y + 80);
    await page.mouse.up();
    await page.locator('[role=row][data-id=crm-webhook-1]').click({ position: { x: 300, y: 10 } });
    await page.waitForSelector('[role=row][data-id=crm-webhook-1][aria-selected=true]');
    expect(fake.world.audit.length).toBe(commands);
  });

  it('comes back to the same place after a reload, and goes back and forth', async () => {
    await go(page, '/destinations?inspect=ga4&sort=-rate&find=a');
    await page.waitForSelector('[role=row][data-id=ga4][aria-selected=true]');
    await page.reload();
    await page.waitForSelector('[role=row][data-id=ga4][aria-selected=true]');
    expect(await page.getByRole('textbox', { name: 'Find on the board' }).inputValue()).toBe('a');
    await page.getByRole('button', { name: 'Open the page of Google Analytics 4' }).click();
    await page.getByRole('heading', { level: 1, name: 'Google Analytics 4' }).waitFor();
    await page.goBack();
    await page.waitForSelector('[role=row][data-id=ga4][aria-selected=true]');
  });

  it('finds anything by keys', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('warehouse');
    await page
      .getByRole('dialog', { name: 'Find anything' })
      .getByRole('button', { name: 'Warehouse loader', exact: false })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Warehouse loader' }).waitFor();
  });

  it('draws charts whose numbers can be read as a table', async () => {
    await page.getByRole('button', { name: 'More of Throughput' }).click();
    await page.getByRole('menuitem', { name: 'Show as table' }).click();
    await page.getByRole('table', { name: 'Throughput' }).getByRole('row').nth(5).waitFor();
  });

  it.each(['dark', 'light'] as const)('is clean for assistive tools in the %s scheme', async (scheme) => {
    // axe is a script of ours that the policy would refuse: this page alone goes without it.
    const inspected = await openConsole({ scheme, isInspected: true });
    await inspected.evaluate(axe);
    for (const place of [
      '/destinations',
      '/destinations?inspect=meta-capi',
      '/destinations/meta-capi',
      '/now',
      '/flow',
      '/controls',
      '/credentials',
      '/incidents',
      '/system',
      '/system/access',
    ]) {
      await go(inspected, place);
      await inspected.waitForFunction(
        () => document.querySelector('main h1') !== null && document.querySelector('main [role=status][aria-label^=Loading]') === null,
      );
      const violations = await inspected.evaluate(async () => {
        const { violations: found } = await (
          globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
        ).axe.run();
        return found.map((violation) => `${violation.id}: ${violation.nodes[0]?.html.slice(0, 160)}`);
      });
      expect(violations, place).toEqual([]);
    }
    await inspected.context().close();
  });

  it('and nothing broke meanwhile, nor met the content security policy', () => {
    expect(complaints).toEqual([]);
  });
});
