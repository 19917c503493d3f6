/** A window's page in real Chromium. `https://sluice.invalid` stands for `sluice://app`, which Chromium does not know here. */
import type { BrowserContext, CDPSession, Page, Route } from 'playwright-core';
import { mainWorld, preloadWorld } from './page-scripts.ts';

export interface PageEvents {
  /** Answers a request on our own scheme. */
  readonly serve: (url: string) => Promise<Response>;
  /** Whether a request may leave at all. */
  readonly mayRequest: (url: string) => boolean;
  /** Whether the page may go there. */
  readonly mayNavigate: (url: string) => boolean;
  readonly onMessage: (channel: string, args: unknown[], url: string) => void;
  /** The document is gone, and with it what the preload held. */
  readonly onDocumentGone: () => void;
}

const stand = 'https://sluice.invalid/';
const own = 'sluice://app/';
const world = 'preload';

export interface DoublePage {
  readonly page: Page;
  load(url: string): Promise<void>;
  deliver(channel: string, args: readonly unknown[]): void;
}

export async function openDoublePage(context: BrowserContext, preload: string, events: PageEvents): Promise<DoublePage> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  let worldId: number | null = null;
  const realUrl = (url: string): string => (url.startsWith(stand) ? own + url.slice(stand.length) : url);

  await followWorld(cdp, (id) => {
    if (worldId !== null && worldId !== id) events.onDocumentGone();
    worldId = id;
  });
  cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name !== 'doubleSend' || executionContextId !== worldId) return;
    const [channel, args] = JSON.parse(payload) as [string, unknown[]];
    events.onMessage(channel, args, realUrl(page.url()));
  });
  await cdp.send('Runtime.addBinding', { name: 'doubleSend', executionContextName: world });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorld });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: preloadWorld(preload), worldName: world });
  await page.route('**/*', (route) => answer(route, realUrl(route.request().url()), events));

  return {
    page,
    load: async (url) => void (await page.goto(stand + url.slice(own.length))),
    deliver(channel, args) {
      if (worldId === null) return;
      const expression = `doubleDeliver(${JSON.stringify(channel)}, ${JSON.stringify(args)})`;
      cdp.send('Runtime.evaluate', { contextId: worldId, expression }).catch(() => {});
    },
  };
}

async function followWorld(cdp: CDPSession, onWorld: (id: number | null) => void): Promise<void> {
  let current: number | null = null;
  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name !== world) return;
    current = context.id;
    onWorld(current);
  });
  cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
    if (executionContextId === current) onWorld(null);
  });
  cdp.on('Runtime.executionContextsCleared', () => onWorld(null));
  await cdp.send('Page.enable');
  await cdp.send('Runtime.enable');
}

async function answer(route: Route, url: string, events: PageEvents): Promise<void> {
  if (route.request().isNavigationRequest() && !events.mayNavigate(url)) return route.abort('aborted');
  if (!events.mayRequest(url) || !url.startsWith(own)) return route.abort('blockedbyclient');
  const response = await events.serve(url);
  const body = Buffer.from(await response.arrayBuffer());
  await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
}
