/** What a window of the Electron host may do: pure, so that every case is a test. */

import { maxFrameChars } from '#contract/frames.ts';
import { z } from '#contract/zod.ts';

export const scheme = 'sluice';
export const appUrl = 'sluice://app/';

/** Vendors' own pages that the console links to. They open in the user's browser, never in a window of ours. */
const externalHosts: ReadonlySet<string> = new Set([
  'developers.hubspot.com',
  'developers.facebook.com',
  'developers.google.com',
  'support.google.com',
  'developer.mixpanel.com',
  'docs.mixpanel.com',
  'segment.com',
  'www.standardwebhooks.com',
]);

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

/** Whether a URL is a page of the console: the only place a window may ever be. */
export function isOwnUrl(url: string): boolean {
  const parsed = parse(url);
  return parsed?.protocol === `${scheme}:` && parsed.host === 'app' && parsed.username === '';
}

interface FrameLike {
  readonly url: string;
  readonly parent: unknown;
}

/** Whether a message may be listened to: from the top frame, showing a page of ours. A frame that is gone is null. */
export function isTrustedFrame(frame: FrameLike | null): boolean {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url);
}

/** The URL to hand to the user's browser, or null when it is not one we link to. */
export function externalUrl(url: string): string | null {
  const parsed = parse(url);
  if (parsed?.protocol !== 'https:' || parsed.port !== '' || parsed.username !== '' || parsed.password !== '') return null;
  return externalHosts.has(parsed.hostname) ? parsed.href : null;
}

/** Whether a window may fetch a URL at all. The gateway is reached by main, so everything is on our own scheme. */
export function mayRequest(url: string, isPackaged: boolean): boolean {
  if (isOwnUrl(url) || url.startsWith('data:')) return true;
  return !isPackaged && parse(url)?.protocol === 'devtools:';
}

/** How every window is made. */
export function windowPreferences(preload: string, isPackaged: boolean) {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: !isPackaged,
  } as const;
}

const channel = z.int().min(1);
/** Shapes of what comes over the bridge. A page that was taken over can send anything. */
export const bridgeInput = {
  open: z.tuple([channel, z.string().max(80)]),
  send: z.tuple([channel, z.string().max(maxFrameChars)]),
  close: z.tuple([
    channel,
    z
      .string()
      .regex(/^[A-Z_]{1,60}$/)
      .optional(),
  ]),
} as const;
