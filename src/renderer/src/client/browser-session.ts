import type { Channel } from '#contract/channel.ts';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';

const sessionKey = 'sluice.session';
const subprotocol = 'sluice.v1';

/** Takes the one-time token out of the address before anything else can see it. Null: there is none. */
export function takeLaunchToken(target: Window): string | null {
  const match = /^#token=([^&]+)/.exec(target.location.hash);
  if (match?.[1] === undefined) return null;
  target.history.replaceState(null, '', target.location.pathname);
  return decodeURIComponent(match[1]);
}

/**
 * Exchanges the launch token for this window's session, or takes the one a reload left. The
 * session lives in sessionStorage: a cookie would reach every port of the host.
 */
export async function openBrowserSession(target: Window, token: string | null): Promise<string | null> {
  if (token === null) return target.sessionStorage.getItem(sessionKey);
  const response = await target.fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!response.ok) return target.sessionStorage.getItem(sessionKey);
  const body: unknown = await response.json();
  const session = typeof body === 'object' && body !== null && 'session' in body && typeof body.session === 'string' ? body.session : null;
  if (session !== null) target.sessionStorage.setItem(sessionKey, session);
  return session;
}

/** Opens channels to the browser host, each a WebSocket of its own. */
export function createSocketOpener(host: string, session: string): (target: string) => Channel {
  return (target) => createWebSocketChannel(new WebSocket(`ws://${host}/bridge/${target}`, [subprotocol, `sluice.session.${session}`]));
}
