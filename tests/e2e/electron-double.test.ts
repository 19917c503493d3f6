import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#tests/support/bench/free-port.ts';
import { chromiumLaunch } from '#tests/support/desk/chromium.ts';
import { type RealKeychain, startRealKeychain } from '#tests/support/keychain/real-keychain.ts';
import { chromiumPath, needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const builtMain = join(root, 'out/node/main/index.js');
const register = join(root, 'tests/support/electron-double/register.ts');
const webhookSecret = `whsec_${Buffer.from('key of the electron double').toString('base64')}`;

let folder: string;
let keychain: RealKeychain;
let simulator: Simulator;
let chromiumProcess: ChildProcess;
let main: ChildProcess;
let browser: Browser;
let page: Page;
const reports: Record<string, unknown>[] = [];
let log = '';

/** The first report that has `key`, now or later. */
async function reported(key: string): Promise<unknown> {
  for (;;) {
    const found = reports.find((report) => key in report);
    if (found) return found[key];
    await once(main, 'message');
  }
}

async function startChromium(): Promise<string> {
  chromiumProcess = spawn(
    chromiumPath,
    ['--headless', ...chromiumLaunch.args, '--remote-debugging-port=0', `--user-data-dir=${join(folder, 'chromium')}`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  if (!chromiumProcess.stderr) throw new Error('no stderr');
  for await (const line of createInterface(chromiumProcess.stderr)) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('Chromium did not say where it listens');
}

/** One destination has what it needs, the other waits for a credential. */
function writeConfig(): string {
  const hook = { connector: 'webhook', delivery: { batchSize: 1 } };
  const path = join(folder, 'sluice.yaml');
  writeFileSync(
    path,
    JSON.stringify({
      sources: [{ id: 'web', writeKey: 'double-key' }],
      destinations: [
        { id: 'orders', name: 'Orders', ...hook, endpoint: simulator.endpoint('webhook'), credential: { env: 'HOOK' } },
        { id: 'keyless', name: 'Keyless', ...hook, endpoint: simulator.endpoint('webhook.keyless') },
      ],
    }),
  );
  return path;
}

async function sendEvent(messageId: string): Promise<void> {
  const response = await fetch(`${ingestUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('double-key:').toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'track', event: 'Order Completed', userId: 'u1', messageId, timestamp: new Date().toISOString() }),
  });
  expect(response.status).toBe(200);
}

let ingestUrl: string;
const stored = (): number => simulator.counters().webhook?.stored ?? 0;

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

describe.skipIf(isMissing)(`the built Electron app, over a double of Electron${why}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-double-'));
    keychain = await startRealKeychain();
    simulator = await createSimulator({ keep: 'keys' });
    const address = await startChromium();
    const port = await freePort();
    ingestUrl = `http://127.0.0.1:${port}`;
    const args = [
      '--import',
      register,
      builtMain,
      '--data',
      join(folder, 'data'),
      '--ingest-port',
      String(port),
      '--config',
      writeConfig(),
    ];
    main = spawn(process.execPath, args, {
      env: { ...process.env, ...keychain.env, ELECTRON_DOUBLE_CDP: address, HOOK: webhookSecret },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    main.stderr?.on('data', (part) => {
      log += String(part);
    });
    main.on('message', (report: Record<string, unknown>) => void reports.push(report));
    // Not before: two clients that attach to a page while it is made wait for each other.
    await reported('shown');
    browser = await chromium.connectOverCDP(address);
    const found = browser
      .contexts()[0]
      ?.pages()
      .find((candidate) => candidate.url().startsWith('https://sluice.invalid'));
    if (!found) throw new Error(`no window: ${log}`);
    page = found;
    await page.evaluate(() => {
      const violations: string[] = [];
      Object.assign(window, { violations });
      document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
  });
  afterAll(async () => {
    await browser?.close();
    main?.kill('SIGKILL');
    chromiumProcess?.kill('SIGKILL');
    await simulator?.close();
    await keychain?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('asks Electron for a sandboxed, isolated window on a privileged scheme, with no permission', async () => {
    expect(await reported('sandbox')).toBe(true);
    expect(await reported('schemes')).toEqual([{ scheme: 'sluice', standard: true, secure: true, supportFetchAPI: true }]);
    expect(await reported('window')).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      devTools: false,
      permission: false,
    });
  });

  it('gives the page four functions and nothing of Node or Electron', async () => {
    const found = await page.evaluate(() => {
      const bridge: object = Reflect.get(window, 'sluice');
      return {
        functions: Object.entries(bridge).map(([name, value]) => [name, typeof value]),
        require: typeof Reflect.get(window, 'require'),
        process: typeof Reflect.get(window, 'process'),
      };
    });
    expect(found).toEqual({
      functions: [
        ['open', 'function'],
        ['send', 'function'],
        ['close', 'function'],
        ['listen', 'function'],
      ],
      require: 'undefined',
      process: 'undefined',
    });
  });

  it('streams: an event shows at its vendor, and the board says which destination lacks its credential', async () => {
    await page.evaluate(() => {
      location.hash = '#/destinations';
    });
    await page.getByText('Orders').first().waitFor();
    await sendEvent('double-1');
    await expect.poll(stored).toBe(1);
    await page
      .getByText(/Keyless has no credential/)
      .first()
      .waitFor();
    expect(await reported('tray')).toMatch(/^Sluice: /);
  });

  it('takes a credential into the keychain and to the gateway, and shows its state', async () => {
    await page.evaluate(() => {
      location.hash = '#/credentials';
    });
    await page.getByRole('button', { name: 'Add the credential of Keyless' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=password], textarea').first().fill(webhookSecret);
    await dialog.getByRole('button', { name: /^(Add|Store|Save)/ }).click();
    await page.getByText('Keyless has its credential').first().waitFor();
    await expect.poll(() => simulator.counters()['webhook.keyless']?.stored).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByRole('row', { name: /Keyless/ })
      .getByText('In place', { exact: true })
      .waitFor();
    expect(await page.content()).not.toContain(webhookSecret);
    await page.evaluate(() => {
      location.hash = '#/destinations';
    });
  });

  it('parks a destination with one click, and nothing reaches the vendor after it', async () => {
    await page
      .getByRole('button', { name: /^Park Orders/ })
      .first()
      .click();
    await page
      .getByRole('button', { name: /^Open Orders/ })
      .first()
      .waitFor();
    const before = stored();
    await sendEvent('double-2');
    await page
      .getByText(/parked/i)
      .first()
      .waitFor();
    expect(stored()).toBe(before);
  });

  it('stays where it is: no navigation, no window, no request elsewhere, no policy violation', async () => {
    await page.evaluate(() => {
      location.href = 'https://evil.example/';
    });
    await expect.poll(() => reports.find((report) => report.navigation === 'https://evil.example/')).toMatchObject({ isRefused: true });
    await page.evaluate(() => void window.open('https://evil.example/'));
    expect(await reported('popup')).toBe('deny');
    expect(page.url()).toMatch(/^https:\/\/sluice\.invalid\//);
    expect(await page.evaluate(() => Reflect.get(window, 'violations'))).toEqual([]);
  });

  it('comes back after a reload', async () => {
    await page.reload();
    await page.getByText('Orders').first().waitFor();
    await page
      .getByRole('button', { name: /^Open Orders/ })
      .first()
      .waitFor();
  });

  it('asks before it stops a gateway that apps send to, and then leaves nothing running', async () => {
    // Events came in well within the last minute, and ticks that tell have arrived since.
    main.send({ quit: true, answer: 0 });
    expect(await reported('dialog')).toMatchObject({ message: expect.stringContaining('Apps are sending events') });
    expect((await fetch(ingestUrl)).status).toBeGreaterThan(0);
    main.send({ quit: true, answer: 1 });
    const [code] = await once(main, 'exit');
    expect(code).toBe(0);
    await expect(fetch(ingestUrl)).rejects.toThrow();
  });
});
