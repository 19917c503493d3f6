import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCredential, goTo, openPageOf, rowOf } from '#tests/support/console/acts.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { type EventSender, startSender } from '#tests/support/gateway/sender.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const writeKey = 'shop-key';
const secret = `whsec_${Buffer.from('signing key that an operator typed').toString('base64')}`;
const patient = { timeout: 30_000 };

let scene: Scene;
/** Message ids that the vendor has. */
const arrived = () => scene.simulator.stored('webhook');
const seen = (text: string | RegExp) => scene.window.page.getByText(text).first().waitFor();

/** What an application does: the official SDK, with only its host set. */
async function sendBySdk(...messageIds: string[]): Promise<void> {
  const analytics = new Analytics({ writeKey, host: scene.host.ingestUrl });
  for (const messageId of messageIds) analytics.track({ userId: 'user-1', event: 'Order Completed', properties: { value: 12 }, messageId });
  await analytics.closeAndFlush();
}

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

describe.skipIf(isMissing)(`an operator at the console, with a real keychain${why}`, () => {
  let sender: EventSender;
  let sentInAll = 0;

  beforeAll(async () => {
    scene = await startScene({
      window: { permissions: ['clipboard-read', 'clipboard-write'] },
      simulator: { credentials: { webhook: secret } },
      config: (simulator) => ({
        sources: [{ id: 'shop', writeKey }],
        destinations: [
          { id: 'orders', name: 'Orders', connector: 'webhook', endpoint: simulator.endpoint('webhook'), delivery: { batchSize: 1 } },
          {
            id: 'returns',
            name: 'Returns',
            connector: 'webhook',
            endpoint: simulator.endpoint('webhook.returns'),
            delivery: { batchSize: 1 },
          },
        ],
      }),
    });
  });
  afterAll(async () => {
    await sender?.stop();
    await scene?.[Symbol.asyncDispose]();
  });

  it('is told which destination waits for a credential; its events are kept', async () => {
    await sendBySdk('first-1', 'first-2');
    await goTo(scene.window.page, 'Destinations');
    const row = rowOf(scene.window.page, 'Orders');
    await row.getByText('Held', { exact: true }).waitFor();
    await row.getByText('Orders has no credential').waitFor();
    await row.getByRole('gridcell').getByText('2', { exact: true }).waitFor();
    expect(arrived().size).toBe(0);
  });

  it('gives it the credential, and the lane starts; the one without still waits', async () => {
    const { page } = scene.window;
    await addCredential(page, 'Orders', secret);
    await expect.poll(() => [...arrived().keys()].sort(), patient).toEqual(['first-1', 'first-2']);
    const line = page.getByRole('row').filter({ hasText: 'Orders' });
    await line.getByText('In place').waitFor();
    await page.getByRole('row').filter({ hasText: 'Returns' }).getByText('Missing').waitFor();
    await goTo(page, 'Destinations');
    await rowOf(page, 'Returns').getByText('Held', { exact: true }).waitFor();
  });

  it("sees an event of the SDK arrive: at the vendor, in the destination's row and in its chart", async () => {
    const { page } = scene.window;
    await sendBySdk('second-1');
    await expect.poll(() => arrived().get('second-1'), patient).toBe(1);
    await rowOf(page, 'Orders').getByText('Healthy', { exact: true }).waitFor();
    await rowOf(page, 'Orders')
      .getByText(/[1-9][\d.]*\s?\/s/)
      .waitFor();
    await openPageOf(page, 'Orders');
    await page.getByRole('button', { name: 'More of Throughput' }).click();
    await page.getByRole('menuitem', { name: 'Copy as CSV' }).click();
    const csv = await page.evaluate(() => navigator.clipboard.readText());
    const delivered = csv.split('\r\n').map((line) => Number(line.split(',')[1]));
    expect(delivered.filter((perSecond) => perSecond > 0)).not.toEqual([]);
  });

  it('parks it under load with one click and sees the proof: nothing escaped', async () => {
    const { page } = scene.window;
    sender = startSender({ url: () => scene.host.ingestUrl, writeKey, workers: 2, prefix: 'load' });
    await expect.poll(() => arrived().size, patient).toBeGreaterThan(50);
    await goTo(page, 'Destinations');
    await rowOf(page, 'Orders').getByRole('button', { name: 'Park Orders' }).click();
    await seen('Orders is parked');
    await seen(/nothing escaped/);
    await rowOf(page, 'Orders').getByText('Parked', { exact: true }).waitFor();
    await openPageOf(page, 'Orders');
    await seen(/^In force\. Nothing has left since$/);
    const escaped = page
      .getByRole('region', { name: /^Proof of/ })
      .getByRole('definition')
      .last();
    expect(await escaped.textContent()).toBe('0');
  });

  it('sees the vendor stand still while events go on coming', async () => {
    const { page } = scene.window;
    const atPark = arrived().size;
    const acknowledged = sender.acknowledged.size;
    await expect.poll(() => sender.acknowledged.size, patient).toBeGreaterThan(acknowledged + 100);
    await sender.stop();
    sentInAll = 3 + sender.acknowledged.size;
    const waiting = (sentInAll - atPark).toLocaleString('en-US');
    await page.getByRole('row', { name: 'Waiting' }).getByText(waiting, { exact: true }).waitFor();
    expect(arrived().size).toBe(atPark);
  });

  it('opens it again and drains what waited, each event once', async () => {
    const { page } = scene.window;
    await page.getByRole('button', { name: 'Open Orders…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open Orders' });
    await dialog.getByRole('radio', { name: 'Drain all' }).check();
    await dialog.getByLabel('Why').fill('the vendor is back');
    await dialog.getByRole('button', { name: /^Open Orders and drain/ }).click();
    await page.getByRole('dialog', { name: 'Orders is open' }).getByText('The backlog is drained.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => arrived().size, patient).toBe(sentInAll);
    expect([...arrived().values()].every((times) => times === 1)).toBe(true);
  });

  it('reads a ledger that balances to the event', async () => {
    const { page } = scene.window;
    const exact = sentInAll.toLocaleString('en-US');
    for (const line of ['Delivered, confirmed', 'Sum of the states', 'Accepted'])
      await page.getByRole('row', { name: line }).getByText(exact, { exact: true }).waitFor();
    await page.getByRole('row', { name: 'Waiting' }).getByText('0', { exact: true }).waitFor();
    await seen('Balanced');
  });

  it('asks for one message and is told its whole life', async () => {
    const { page } = scene.window;
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Where did my event go?' });
    await dialog.getByRole('textbox').fill('first-1');
    await page.keyboard.press('Enter');
    await dialog.getByText('Orders').first().waitFor();
    await dialog
      .getByText(/delivered|confirmed/i)
      .first()
      .waitFor();
    await dialog.getByText('Returns').first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('and nothing went wrong in the window meanwhile', () => {
    expect(scene.window.problems).toEqual([]);
  });
});
