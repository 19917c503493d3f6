import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { needs, whyNoChromium } from '#tests/support/requirements.ts';
import type { HostArguments } from '../arguments.ts';
import { type BrowserHost, startBrowserHost } from './host.ts';

/** A renderer of one file: follows the protocol of the bridge and shows what it got. */
const page = `
const token = new URLSearchParams(location.hash.slice(1)).get('token');
history.replaceState(null, '', location.pathname);
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
const show = (text) => { document.body.dataset.got = (document.body.dataset.got ?? '') + text + '\\n'; };
async function open(target) {
  if (token) {
    const answer = await fetch('/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
    sessionStorage.setItem('sluice.session', (await answer.json()).session);
  }
  const socket = new WebSocket('ws://' + location.host + '/bridge/' + target, ['sluice.v1', 'sluice.session.' + sessionStorage.getItem('sluice.session')]);
  socket.onopen = () => socket.send(JSON.stringify({ t: 'hello', version: 1, capabilities: [] }));
  socket.onmessage = ({ data }) => show(data);
  socket.onclose = ({ code, reason }) => show('closed ' + code + ' ' + reason);
}
open('desk');
`;

const { isMissing, why } = needs(whyNoChromium());
let browser: Browser;
let folder: string;
let host: BrowserHost | undefined;
beforeAll(async () => {
  if (!isMissing) browser = await launchChromium();
});
afterAll(() => browser?.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-host-'));
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html><script type="module" src="/page.js"></script><body></body>');
  writeFileSync(join(folder, 'renderer/page.js'), page);
});
afterEach(async () => {
  await host?.stop();
  host = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function start(args: Partial<HostArguments> = {}): ReturnType<typeof startBrowserHost> {
  const standard = {
    isDefaultFolder: false,
    ingestPort: 0,
    controlPort: 0,
    configFile: undefined,
    demoUrl: undefined,
    opensWindow: false,
    printsUrl: true,
  };
  return startBrowserHost({
    args: { ...standard, dataFolder: join(folder, 'data'), ...args },
    paths: {
      gatewayEntry: fileURLToPath(new URL('../../../../tests/support/desk/stand-in-main.ts', import.meta.url)),
      rendererRoot: join(folder, 'renderer'),
      preload: '',
      version: '1.2.3',
    },
    log: () => {},
  });
}

async function startHost(args: Partial<HostArguments> = {}): Promise<BrowserHost> {
  const started = await start(args);
  if (!started.ok) throw new Error(started.error.message);
  host = started.value;
  return host;
}

describe.skipIf(isMissing)(`the browser host${why}`, () => {
  it('lets a page in real Chromium in with its one-time token, and again after a reload', async () => {
    const running = await startHost();
    const address = running.newAddress();
    const tab = await browser.newPage();
    const first = await tab.goto(address);
    await tab.waitForFunction(() => document.body.dataset.got?.includes('"hello"'));
    expect(await tab.evaluate(() => [location.hash, document.cookie])).toEqual(['', '']);
    expect(await first?.allHeaders()).not.toHaveProperty('set-cookie');
    await tab.reload();
    await tab.waitForFunction(() => document.body.dataset.got?.includes('host:browser'));
    expect(await tab.evaluate('window.violations')).toEqual([]);

    const stranger = await browser.newPage();
    await stranger.goto(address);
    await stranger.waitForFunction(() => document.body.dataset.got?.includes('AUTH_REQUIRED'));
    await Promise.all([tab.close(), stranger.close()]);
  });

  it('names the owner to a second start on the same folder, and shows its window', async () => {
    await startHost();
    const second = await start();
    expect(second).toMatchObject({
      ok: false,
      error: {
        code: 'DATA_LOCKED',
        details: {
          owner: { pid: process.pid, who: 'console in a browser' },
          window: expect.stringMatching(/^http:\/\/[0-9a-f]{16}\.localhost:\d+\/#token=/),
        },
      },
    });
  });

  it('opens a window by a file that only its owner can read, that holds the token and goes when it is used', async () => {
    const log = join(folder, 'arguments');
    const fake = join(folder, 'browser');
    writeFileSync(fake, `#!/bin/sh\nprintf '%s\\n' "$@" > ${log}.draft && mv ${log}.draft ${log}\n`);
    chmodSync(fake, 0o755);
    vi.stubEnv('SLUICE_BROWSER', fake);
    vi.stubEnv('DISPLAY', ':none');
    const running = await startHost({ opensWindow: true, printsUrl: false });
    vi.unstubAllEnvs();
    expect(running.show()).toEqual({ url: null });
    await expect.poll(() => existsSync(log)).toBe(true);
    const args = readFileSync(log, 'utf8');
    const data = join(folder, 'data');
    const launch = join(data, readdirSync(data).find((name) => name.startsWith('launch-')) ?? 'none');
    expect(statSync(launch).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, 'browser')).mode & 0o777).toBe(0o700);
    expect(args).toContain(`--app=file://${launch}`);
    expect(args).toContain('--disable-extensions');
    expect(args).not.toContain('token=');
    expect(JSON.parse(readFileSync(join(data, 'browser/Default/Preferences'), 'utf8'))).toMatchObject({
      credentials_enable_service: false,
    });

    const tab = await browser.newPage();
    await tab.goto(`file://${launch}`);
    await tab.waitForURL(/^http:\/\/[0-9a-f]{16}\.localhost/);
    await tab.waitForFunction(() => document.body.dataset.got?.includes('"hello"'));
    expect(existsSync(launch)).toBe(false);
    await tab.close();
  });

  it('leaves nothing behind in the folder that could let somebody in', async () => {
    const running = await startHost();
    running.newAddress();
    await running.stop();
    host = undefined;
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(['desk.json', 'owner.lock']);
  });
});
