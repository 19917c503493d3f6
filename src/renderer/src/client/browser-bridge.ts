import type { Bridge, BridgeEvent } from './bridge.ts';
import { closeCode } from './bridge.ts';

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
  const response = await target.fetch('/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
  if (!response.ok) return target.sessionStorage.getItem(sessionKey);
  const body: unknown = await response.json();
  const session = typeof body === 'object' && body !== null && 'session' in body && typeof body.session === 'string' ? body.session : null;
  if (session !== null) target.sessionStorage.setItem(sessionKey, session);
  return session;
}

/** The bridge over WebSockets, one a channel, for the browser host. */
export function createBrowserBridge(host: string, session: string, connect: (url: string, protocols: string[]) => WebSocket = (url, protocols) => new WebSocket(url, protocols)): Bridge {
  const sockets = new Map<number, { readonly socket: WebSocket; readonly queue: string[] }>();
  let listener: (channel: number, event: BridgeEvent) => void = () => {};
  let nextId = 1;
  return {
    listen: (given) => {
      listener = given;
    },
    open: (target) => {
      const id = nextId++;
      const socket = connect(`ws://${host}/bridge/${target}`, [subprotocol, `sluice.session.${session}`]);
      const queue: string[] = [];
      sockets.set(id, { socket, queue });
      socket.addEventListener('open', () => {
        for (const frame of queue.splice(0)) socket.send(frame);
      });
      socket.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (typeof event.data === 'string') listener(id, { frame: event.data });
        else socket.close();
      });
      socket.addEventListener('close', (event) => {
        sockets.delete(id);
        listener(id, { closed: closeCode(event.reason) });
      });
      return id;
    },
    send: (id, frame) => {
      const entry = sockets.get(id);
      if (entry === undefined) return;
      if (entry.socket.readyState === WebSocket.CONNECTING) entry.queue.push(frame);
      else if (entry.socket.readyState === WebSocket.OPEN) entry.socket.send(frame);
    },
    close: (id) => sockets.get(id)?.socket.close(),
  };
}
