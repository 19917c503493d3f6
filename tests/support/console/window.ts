/** A window of the console in real Chromium, which keeps account of everything that must not happen in it. */
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumLaunch } from '#tests/support/desk/chromium.ts';

export interface ConsoleWindow extends AsyncDisposable {
  readonly page: Page;
  /** Violations of the content security policy, errors on the console, uncaught exceptions; each in a line. */
  readonly problems: readonly string[];
  /** Every message on the page's console. */
  readonly messages: readonly string[];
}

export interface WindowOptions extends BrowserContextOptions {
  /** Runs before the page is loaded: what it listens to misses nothing. */
  readonly prepare?: (page: Page) => void | Promise<void>;
  /** Where Chromium keeps what it keeps. Default: a folder that it removes itself. */
  readonly profile?: string;
}

const waitMs = 15_000;

/** Opens the console's window at `url` and waits until its frame is drawn. */
export async function openConsole(url: string, { prepare, profile = '', ...options }: WindowOptions = {}): Promise<ConsoleWindow> {
  const context = await chromium.launchPersistentContext(profile, {
    ...chromiumLaunch,
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(waitMs);
    const account = await keepAccount(context, page);
    await prepare?.(page);
    await page.goto(url);
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
    return { page, ...account, [Symbol.asyncDispose]: () => context.close() };
  } catch (cause) {
    await context.close();
    throw cause;
  }
}

async function keepAccount(context: BrowserContext, page: Page) {
  const problems: string[] = [];
  const messages: string[] = [];
  page.on('console', (message) => {
    messages.push(message.text());
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  await page.exposeFunction('reportViolation', (what: string) => void problems.push(`policy: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      const report: unknown = Reflect.get(window, 'reportViolation');
      if (typeof report === 'function') report(`${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
    });
  });
  const devtools = await context.newCDPSession(page);
  devtools.on('Log.entryAdded', ({ entry }) => {
    if (entry.level === 'error') problems.push(`log: ${entry.text} ${entry.url ?? ''}`);
  });
  await devtools.send('Log.enable');
  return { problems, messages };
}
