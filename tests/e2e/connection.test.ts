import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from '#contract/zod.ts';
import { addCredential, goTo, openPageOf, rowOf } from '#tests/support/console/acts.ts';
import { sendEvent, writeKey } from '#tests/support/console/events.ts';
import type { GatewayConfig } from '#tests/support/console/host.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';
import type { Simulator } from '#tests/support/simulator/simulator.ts';

const secret = `whsec_${Buffer.from('key of the connection test').toString('base64')}`;
const patient = { timeout: 30_000 };
const controlFile = z.object({ url: z.string(), token: z.string() });
const subscription = z.object({ t: z.literal('sub'), name: z.string(), afterSeq: z.number().optional() });

let scene: Scene;
let page: Page;
/** Ticks that reached the window. */
let ticks = 0;
const sent: string[] = [];
const arrived = () => scene.simulator.stored('webhook');
const status = (text: string | RegExp) => page.getByRole('contentinfo').getByText(text);

function configOf(simulator: Simulator, ...names: readonly string[]): GatewayConfig {
  return {
    sources: [{ id: 'shop', writeKey }],
    destinations: names.map((name) => ({
      id: name.toLowerCase(),
      name,
      connector: 'webhook',
      endpoint: simulator.endpoint(name === 'Orders' ? 'webhook' : `webhook.${name.toLowerCase()}`),
      delivery: { batchSize: 1 },
    })),
  };
}

function gatewayPid(): number {
  const pid = scene.host.gatewayPid();
  if (pid === null) throw new Error('the gateway does not run');
  return pid;
}

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

describe.skipIf(isMissing)(`the console and the life of its connection${why}`, () => {
  beforeAll(async () => {
    scene = await startScene({
      config: (simulator) => configOf(simulator, 'Orders', 'Returns'),
      window: {
        prepare: async (opened) => {
          // Time in the window goes on by itself until a test takes it in hand.
          await opened.clock.install();
          opened.on('websocket', (socket) => {
            socket.on('framesent', ({ payload }) => void sent.push(String(payload)));
            socket.on('framereceived', ({ payload }) => {
              if (String(payload).includes('"windowMs"')) ticks++;
            });
          });
        },
      },
    });
    page = scene.window.page;
    await addCredential(page, 'Orders', secret);
    await sendEvent(scene.host, 'before-1');
    await vi.waitUntil(() => arrived().has('before-1'), patient);
    await goTo(page, 'Destinations');
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  describe('when the gateway falls silent', () => {
    let stopped: number;
    afterAll(() => {
      if (stopped) process.kill(stopped, 'SIGCONT');
    });

    it('says after two ticks how old the view is', async () => {
      await page.clock.pauseAt(Date.now() + 1000);
      const before = ticks;
      await expect.poll(() => ticks, patient).toBeGreaterThan(before);
      stopped = gatewayPid();
      process.kill(stopped, 'SIGSTOP');
      await page.clock.runFor(2000);
      await status('Live').waitFor();
      await page.clock.runFor(1500);
      await status(/^[23] s behind$/).waitFor();
    });

    it('gives the connection up in the end, and commands then fail at once, saying that nothing was changed', async () => {
      await page.clock.runFor(12_000);
      await status(/^Offline since \d\d:\d\d/).waitFor();
      await page
        .getByRole('alert')
        .getByText(/What you see is 1\d s old/)
        .waitFor();
      await rowOf(page, 'Orders').getByRole('button', { name: 'Park Orders' }).click();
      await page.getByText('Parking Orders failed: The gateway cannot be reached.').waitFor();
      await page.getByText(/Nothing was changed\./).waitFor();
    });

    it('reconnects when the gateway answers again, and takes up the changes that it missed', async () => {
      const before = sent.length;
      process.kill(stopped, 'SIGCONT');
      const { url, token } = controlFile.parse(JSON.parse(readFileSync(join(scene.host.folder, 'data/gateway/control.json'), 'utf8')));
      const script = connectControl(url, token);
      await script.call('switch.set', { scope: { type: 'destination', destination: 'returns' }, mode: 'park', reason: 'meanwhile' });
      await script[Symbol.asyncDispose]();
      await page.clock.resume();
      await status('Live').waitFor();
      await rowOf(page, 'Returns').getByText('Parked', { exact: true }).waitFor();
      const subscriptions = sent.slice(before).map((frame) => subscription.safeParse(JSON.parse(frame)).data);
      expect(subscriptions.find((each) => each?.name === 'document.changed')?.afterSeq).toBeGreaterThan(0);
      await sendEvent(scene.host, 'after-silence');
      await expect.poll(() => arrived().get('after-silence'), patient).toBe(1);
    });
  });

  describe('when the gateway is killed', () => {
    it('says since when it is offline and how old the view is', async () => {
      await rowOf(page, 'Orders').getByRole('button', { name: 'Park Orders' }).click();
      await rowOf(page, 'Orders').getByText('Parked', { exact: true }).waitFor();
      await sendEvent(scene.host, 'parked-1');
      await sendEvent(scene.host, 'parked-2');
      // It shall not be back before we have looked.
      await scene.host.writeConfig('sources: [');
      process.kill(gatewayPid(), 'SIGKILL');
      await status(/^Offline since \d\d:\d\d/).waitFor();
      await page
        .getByRole('alert')
        .getByText(/What you see is \d+ s old/)
        .waitFor();
    });

    it('fails commands at once and says that nothing was changed', async () => {
      await openPageOf(page, 'Returns');
      await page.getByRole('button', { name: 'Claim' }).click();
      await page.getByRole('textbox', { name: 'Who looks after it' }).fill('Ada');
      await page.keyboard.press('Enter');
      await page.getByText('Claiming Returns failed: The gateway cannot be reached.').waitFor();
      await page.getByText(/Nothing was changed\./).waitFor();
      await goTo(page, 'Destinations');
    });

    it('comes back by itself with what is new, and what was parked is parked still', async () => {
      await scene.host.writeConfig(configOf(scene.simulator, 'Orders', 'Returns', 'Refunds'));
      await status('Live').waitFor({ timeout: 30_000 });
      await rowOf(page, 'Refunds').waitFor();
      await rowOf(page, 'Orders').getByText('Parked', { exact: true }).waitFor();
      await rowOf(page, 'Orders').getByRole('gridcell').getByText('2', { exact: true }).waitFor();
      expect([...arrived().keys()]).toEqual(['before-1', 'after-silence']);
    });

    it('has lost nothing: opening sends each event that waited once', async () => {
      await rowOf(page, 'Orders').getByRole('button', { name: 'Open Orders…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Open Orders' });
      await dialog.getByRole('radio', { name: 'Drain all' }).check();
      await dialog.getByLabel('Why').fill('the gateway is back');
      await dialog.getByRole('button', { name: /^Open Orders/ }).click();
      await page.getByRole('button', { name: 'Done' }).click();
      await expect
        .poll(() => [...arrived()].sort(), patient)
        .toEqual(['after-silence', 'before-1', 'parked-1', 'parked-2'].map((messageId) => [messageId, 1]));
      await rowOf(page, 'Orders').getByText('Healthy', { exact: true }).waitFor();
    });
  });

  it('and nothing broke in the window over all that', () => {
    expect(scene.window.problems).toEqual([]);
  });
});
