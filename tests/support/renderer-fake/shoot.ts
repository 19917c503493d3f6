/**
 * Takes pictures of the built renderer over the fake gateway. A tool for a person, who says how long to wait: it cannot know
 * what is to be seen.
 *
 *   node tests/support/renderer-fake/shoot.ts --out /tmp/shots --route /destinations --name board [--width 1440 --height 900] [--scheme dark|light] [--destinations 10] [--environment production] [--wait 4000] [--keys "mod+k"] [--click "text=Park"] [--empty]
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { startFake } from './server.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '/tmp/shots' },
    dir: { type: 'string' },
    route: { type: 'string', default: '/destinations' },
    name: { type: 'string', default: 'shot' },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '900' },
    scheme: { type: 'string', default: 'dark' },
    destinations: { type: 'string', default: '10' },
    environment: { type: 'string' },
    wait: { type: 'string', default: '3500' },
    press: { type: 'string', multiple: true },
    click: { type: 'string', multiple: true },
    hover: { type: 'string' },
    empty: { type: 'boolean' },
    offline: { type: 'boolean' },
    contrast: { type: 'boolean' },
  },
});

const environment = values.environment === 'production' || values.environment === 'staging' ? values.environment : 'embedded';
const fake = await startFake({
  destinations: Number(values.destinations),
  environment,
  isEmpty: values.empty ?? false,
  ...(values.dir === undefined ? {} : { dir: values.dir }),
});
const browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: Number(values.width), height: Number(values.height) },
  colorScheme: values.scheme === 'light' ? 'light' : 'dark',
  ...(values.contrast ? { forcedColors: 'active' as const } : {}),
});
page.on('console', (message) => {
  if (['error', 'warning'].includes(message.type())) console.log(`[${message.type()}] ${message.text()}`);
});
page.on('pageerror', (error) => console.log(`[bug] ${error.stack ?? error.message}`));
await page.goto(fake.url);
await page.waitForSelector('main', { timeout: 10_000 });
await page.evaluate((route) => {
  location.hash = `#${route}`;
}, values.route);
await page.waitForTimeout(Number(values.wait));
for (const selector of values.click ?? []) {
  await page.click(selector);
  await page.waitForTimeout(700);
}
for (const keys of values.press ?? []) {
  await page.keyboard.press(keys);
  await page.waitForTimeout(500);
}
if (values.hover !== undefined) await page.hover(values.hover);
if (values.offline) {
  await fetch(`${fake.origin}/fake/offline?ms=20000`);
  await page.waitForTimeout(4000);
}
await page.waitForTimeout(300);
mkdirSync(values.out, { recursive: true });
await page.screenshot({ path: join(values.out, `${values.name}.png`) });
console.log(await page.title());
await browser.close();
fake.close();
