/** Trouble in real Chromium over a real gateway: whose it is, and drills that make some on purpose. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, loadAxe } from '#tests/support/console/accessibility.ts';
import { goTo, openPageOf, rowOf } from '#tests/support/console/acts.ts';
import { sendEvent, writeKey } from '#tests/support/console/events.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const { isMissing, why } = needs(whyNoChromium(), whyNoBuild(), whyNoRealKeychain());
const secret = `whsec_${Buffer.from('trouble test signing key').toString('base64')}`;

describe.skipIf(isMissing)(`trouble in the console${why}`, () => {
  let scene: Scene;
  let sending: NodeJS.Timeout;
  beforeAll(async () => {
    scene = await startScene({
      simulator: { apart: true },
      window: { prepare: loadAxe },
      env: { HOOK: secret },
      config: (simulator) => ({
        settings: { simulator: simulator.url },
        sources: [{ id: 'web', writeKey }],
        destinations: [
          {
            id: 'crm',
            name: 'CRM',
            connector: 'webhook',
            endpoint: simulator.endpoint('webhook'),
            statusFeed: { url: simulator.statusPage('webhook') },
            credential: { env: 'HOOK' },
            // So that it looks again soon whether the vendor is well.
            delivery: { breaker: { openMs: 500 } },
          },
          {
            id: 'mixpanel',
            name: 'Mixpanel',
            connector: 'mixpanel',
            endpoint: simulator.endpoint('mixpanel'),
            settings: { projectId: '1' },
            credential: { env: { username: 'HOOK', secret: 'HOOK' } },
          },
        ],
      }),
    });
    let next = 0;
    // Steady and light, as long as the file lasts; what a killed or full gateway refuses is not this test's.
    sending = setInterval(() => void sendEvent(scene.host, `trouble-${next++}`).catch(() => undefined), 40);
  });
  afterAll(async () => {
    clearInterval(sending);
    await scene?.[Symbol.asyncDispose]();
  });

  it('says that it is them when the vendor fails and its status page says so, and marks the board', async () => {
    const { page } = scene.window;
    await goTo(page, 'Destinations');
    await rowOf(page, 'CRM').getByText('Fine', { exact: true }).waitFor();
    scene.simulator.dial({ vendor: 'webhook', failure: '500' });
    scene.simulator.report({ vendor: 'webhook', impact: 'major', name: 'Elevated API errors' });
    await rowOf(page, 'CRM').getByText('Them', { exact: true }).waitFor();
    expect(await rowOf(page, 'Mixpanel').getByText('Fine', { exact: true }).isVisible()).toBe(true);

    await openPageOf(page, 'CRM');
    const panel = page.getByRole('region', { name: 'Us or them?' });
    await panel.getByRole('status', { name: 'Verdict' }).getByText('It answers with server errors').waitFor();
    await panel.getByRole('button', { name: 'Ask now' }).click();
    await panel.getByText('The status page says: Elevated API errors (partial).').waitFor();
    await panel.getByRole('status', { name: 'Verdict' }).getByText('its status page reports: Elevated API errors').waitFor();
    await page.getByRole('navigation', { name: 'Pages of CRM' }).getByRole('link', { name: 'Connection' }).click();
    const answers = page.getByRole('region', { name: 'Answers' });
    await answers.getByRole('list', { name: 'Unexpected answers' }).getByText('500', { exact: true }).waitFor();
    await answers.getByText('{error: text}').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('navigation', { name: 'Pages of CRM' }).getByRole('link', { name: 'Live', exact: true }).click();
  });

  it('says that all is well again once it is', async () => {
    const { page } = scene.window;
    scene.simulator.dial({ vendor: 'webhook', failure: 'ok' });
    scene.simulator.report({ vendor: 'webhook', impact: 'none' });
    const verdict = page.getByRole('region', { name: 'Us or them?' }).getByRole('status', { name: 'Verdict' });
    // The breaker probes first, and a verdict does not flap.
    await verdict.getByText('It answers as usual').waitFor({ timeout: 110_000 });
    await goTo(page, 'System');
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('judged anew').first().waitFor();
  });

  it('runs a drill by one click, and keeps how long it took to notice and to recover', async () => {
    const { page } = scene.window;
    await goTo(page, 'Incidents');
    await page.getByLabel('Destination of the drill Partial outage').selectOption('crm');
    await page.getByRole('button', { name: 'Start drill Partial outage' }).click();
    const running = page.getByRole('status', { name: 'Running drill' });
    await running.getByText('Partial outage at CRM').waitFor();
    expect(scene.simulator.counters().webhook?.failure).toBe('500');
    expect(await page.getByRole('button', { name: 'Start drill Full disk' }).isDisabled()).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);

    const row = page.getByRole('table', { name: 'Past drills' }).getByRole('row').filter({ hasText: 'Partial outage' });
    await row.getByText('Passed').waitFor({ timeout: 110_000 });
    const [toDetect, toRecover] = await Promise.all([
      row.getByRole('cell').nth(2).textContent(),
      row.getByRole('cell').nth(3).textContent(),
    ]);
    expect(toDetect).toMatch(/^[\d.]+ m?s$/);
    expect(toRecover).toMatch(/^[\d.]+ m?s$/);
    expect(scene.simulator.counters().webhook?.failure).toBe('ok');
  });

  it('stops a drill by hand, and goes on by itself where the window closes', async () => {
    const { page } = scene.window;
    const click = (title: string) => page.getByRole('button', { name: `Start drill ${title}` }).click();
    await click('Full disk');
    await page.getByRole('button', { name: 'Stop the drill' }).click();
    const past = page.getByRole('table', { name: 'Past drills' }).getByRole('row');
    await past.filter({ hasText: 'Full disk' }).getByText('Stopped', { exact: true }).waitFor();
    await page.getByLabel('Destination of the drill Slow vendor').selectOption('mixpanel');
    await click('Slow vendor');
    await page.getByRole('status', { name: 'Running drill' }).waitFor();
    await page.reload();
    await past.filter({ hasText: 'Slow vendor' }).getByText('Passed').waitFor({ timeout: 110_000 });
    expect(scene.simulator.counters().mixpanel?.failure).toBe('ok');
  });

  it('comes back from a killed gateway, and counts how long that took', async () => {
    const { page } = scene.window;
    const before = scene.host.gatewayPid();
    await page.getByRole('button', { name: 'Start drill Killed gateway' }).click();
    const row = page.getByRole('table', { name: 'Past drills' }).getByRole('row').filter({ hasText: 'Killed gateway' });
    await row.getByText('Passed').waitFor({ timeout: 60_000 });
    expect(scene.host.gatewayPid()).not.toBe(before);
    expect(await row.getByRole('cell').nth(3).textContent()).toMatch(/^[\d.]+ m?s$/);
  });
});
