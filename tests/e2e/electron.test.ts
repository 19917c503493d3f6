import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs, whyNoBuild, whyNoElectron } from '#tests/support/requirements.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { isMissing, why } = needs(whyNoElectron(), whyNoBuild());
let folder: string;
let app: ElectronApplication;
let page: Page;

describe.skipIf(isMissing)(`the app in real Electron${why}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-electron-'));
    app = await _electron.launch({ cwd: root, args: [root, '--data', folder, '--ingest-port', '0'] });
    page = await app.firstWindow();
  });
  afterAll(async () => {
    await app?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows the console on its own scheme, live', async () => {
    expect(page.url()).toMatch(/^sluice:\/\/app\//);
    await page.getByText('Live').first().waitFor();
  });

  it('gives the page four functions and nothing of Node', async () => {
    const found = await page.evaluate(() => ({
      bridge: Object.keys(Reflect.get(window, 'sluice')),
      node: ['require', 'process', 'Buffer', 'module'].filter((name) => Reflect.has(window, name)),
    }));
    expect(found).toEqual({ bridge: ['open', 'send', 'close', 'listen'], node: [] });
  });

  it('neither navigates away nor opens a window', async () => {
    await page.evaluate(() => {
      window.open('https://evil.example/');
      location.href = 'https://evil.example/';
    });
    expect(page.url()).toMatch(/^sluice:\/\/app\//);
    expect(app.windows()).toHaveLength(1);
  });
});
