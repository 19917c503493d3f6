import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityProblems, loadAxe } from '#tests/support/console/accessibility.ts';
import { addCredential, goTo, openPageOf, rowOf } from '#tests/support/console/acts.ts';
import { sendEvent, writeKey } from '#tests/support/console/events.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const secret = `whsec_${Buffer.from('key of the page health test').toString('base64')}`;

/** One for each look that a line of the board can have. */
const states = [
  ['Orders', 'Healthy'],
  ['Returns', 'Held'],
  ['Refunds', 'Failing'],
  ['Samples', 'Degraded'],
  ['Archive', 'Parked'],
] as const;
const destinations = states.map(([name]) => name);

let scene: Scene;
let page: Page;
const heading = (name: string) => page.getByRole('heading', { name, level: 1 });

const places = ['Now', 'Destinations', 'Flow & recovery', 'Controls', 'Credentials', 'Incidents', 'System'] as const;

/** Presses Tab until the focus is there, as somebody without a mouse does. */
async function tabTo(target: Locator): Promise<void> {
  const isThere = () => target.evaluate((element) => element === document.activeElement, undefined, { timeout: 1000 }).catch(() => false);
  for (let presses = 0; presses < 80; presses++) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not lead there');
}

/** Looks at a place once all of it has come. */
async function settled(): Promise<void> {
  await expect.poll(() => page.getByRole('status', { name: /^Loading/ }).count(), { timeout: 15_000 }).toBe(0);
}

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

describe.skipIf(isMissing)(`every place of the console${why}`, () => {
  beforeAll(async () => {
    scene = await startScene({
      window: { prepare: loadAxe },
      config: (simulator) => ({
        sources: [{ id: 'shop', name: 'Shop', writeKey }],
        destinations: destinations.map((name) => ({
          id: name.toLowerCase(),
          name,
          connector: 'webhook',
          endpoint: simulator.endpoint(`webhook.${name.toLowerCase()}`),
          delivery: { batchSize: 1 },
          tags: ['core'],
        })),
      }),
    });
    page = scene.window.page;
    scene.simulator.dial({ vendor: 'webhook.refunds', failure: '500' });
    scene.simulator.dial({ vendor: 'webhook.samples', failure: '500', share: 0.2 });
    for (const name of ['Orders', 'Refunds', 'Samples']) await addCredential(page, name, secret);
    await Promise.all(Array.from({ length: 30 }, (_, number) => sendEvent(scene.host, `health-${number}`)));
    await goTo(page, 'Destinations');
    await rowOf(page, 'Archive').getByRole('button', { name: 'Park Archive' }).click();
    for (const [name, state] of states) await rowOf(page, name).getByText(state, { exact: true }).waitFor();
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  it('is in the rail, and each has its heading', async () => {
    const links = await page.getByRole('navigation', { name: 'Places' }).getByRole('link').allInnerTexts();
    expect(links.map((text) => text.split('\n')[0])).toEqual(places);
    for (const name of places) await goTo(page, name);
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`has no serious accessibility problem when it is ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await vi.waitUntil(() =>
        page.evaluate((wanted) => getComputedStyle(document.documentElement).colorScheme.includes(wanted), colorScheme),
      );
      const problems: string[] = [];
      const look = async (where: string): Promise<void> => {
        await settled();
        problems.push(...(await accessibilityProblems(page)).map((problem) => `${where}: ${problem}`));
      };
      for (const name of places) {
        await goTo(page, name);
        await look(name);
      }
      for (const name of ['Refunds', 'Samples', 'Archive']) {
        await goTo(page, 'Destinations');
        await rowOf(page, name).getByText(name, { exact: true }).click();
        await page.getByRole('button', { name: `Open the page of ${name}` }).waitFor();
        await look(`the inspector of ${name}`);
      }
      await openPageOf(page, 'Orders');
      await look('a page of a destination');
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await look('the palette');
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await look('the keys');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Credential…' }).click();
      await page.getByRole('dialog').getByLabel('Signing secret').waitFor();
      await look('the credential dialog');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Drop its events…' }).click();
      await page.getByRole('dialog', { name: 'Drop events of Orders' }).waitFor();
      await look('the drop dialog');
      await page.keyboard.press('Escape');
      expect(problems).toEqual([]);
    });
  }

  it('would have had one, had there been a button without a name', async () => {
    await page.evaluate(() => void document.querySelector('main')?.append(document.createElement('button')));
    expect(await accessibilityProblems(page)).toEqual([expect.stringMatching(/^button-name: /)]);
    await page.evaluate(() => document.querySelector('main > button')?.remove());
  });

  it('works in a window of 1024 by 700: nothing runs out of it, and the switch of a row is in sight', async () => {
    await page.setViewportSize({ width: 1024, height: 700 });
    for (const name of places) {
      await goTo(page, name);
      await settled();
      const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([name, overflowPx]).toEqual([name, 0]);
    }
    await goTo(page, 'Destinations');
    const box = await rowOf(page, 'Orders').getByRole('button', { name: 'Park Orders' }).boundingBox();
    expect(box?.x).toBeGreaterThan(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(1024);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('comes back to the same place after a reload', async () => {
    await openPageOf(page, 'Orders');
    const address = page.url();
    await page.reload();
    await heading('Orders').waitFor();
    await page.getByRole('contentinfo').getByText('Live', { exact: true }).waitFor();
    expect(page.url()).toBe(address);
  });

  it('goes back and forward as a browser does', async () => {
    await goTo(page, 'Destinations');
    await goTo(page, 'Controls');
    await page.goBack();
    await heading('Destinations').waitFor({ state: 'attached' });
    await page.goForward();
    await heading('Controls').waitFor({ state: 'attached' });
  });

  it('opens from a deep link, and a link to nothing says so', async () => {
    const { origin } = new URL(scene.host.url);
    await page.goto('about:blank');
    await page.goto(`${origin}/#/@embedded/destinations/returns`);
    await heading('Returns').waitFor();
    await page.goto('about:blank');
    await page.goto(`${origin}/#/@embedded/nowhere`);
    await page.getByText('There is no such place').waitFor();
  });

  it('lets nobody in by its address alone', async () => {
    const other = await page.context().newPage();
    await other.goto(new URL(scene.host.url).origin);
    await other.getByText('This window has no session').waitFor();
    await other.close();
  });

  it('can be worked by keyboard alone: a row is reached, parked, and the park undone', async () => {
    await page.goto('about:blank');
    await page.goto(`${new URL(scene.host.url).origin}/#/@embedded/destinations`);
    await rowOf(page, 'Orders').waitFor();
    await tabTo(page.getByRole('grid', { name: 'Destinations' }));
    const selected = page.getByRole('grid', { name: 'Destinations' }).getByRole('row', { selected: true });
    await page.keyboard.press('ArrowDown');
    await selected.waitFor();
    for (const _ of destinations) {
      if ((await selected.textContent())?.includes('Orders')) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.getByRole('complementary').getByRole('button', { name: 'Park Orders' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('Orders is parked').first().waitFor();
    await rowOf(page, 'Orders').getByText('Parked', { exact: true }).waitFor();
    // Health is told of the last minute only: this one waits, and arrives once the park is undone.
    await sendEvent(scene.host, 'while-parked');
    await tabTo(page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }));
    await page.keyboard.press('Enter');
    await page.getByText('Orders is as it was before').waitFor();
    await rowOf(page, 'Orders').getByText('Healthy', { exact: true }).waitFor();
  });

  it('breaks no rule of its content security policy and writes no error to the console', () => {
    expect(scene.window.problems).toEqual([]);
  });
});
