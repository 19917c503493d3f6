import type { Channel } from '../channel.ts';
import { createMailbox } from './mailbox.ts';

/** What a browser's WebSocket and a socket of the `ws` package have in common. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: object) => void): void;
}

const connecting = 0;
const open = 1;
/** Above this a reader that stopped reading is given up, bytes. Subscriptions never get here: they stop at their credit. */
const maxBufferedBytes = 64 * 1024 * 1024;

/** A channel over a WebSocket, open or still connecting (frames wait for it). One text message is one frame. */
export function createWebSocketChannel(socket: WebSocketLike): Channel {
  const mailbox = createMailbox();
  const waiting: string[] = [];
  let wasOpen = socket.readyState === open;
  let refusal: string | null = null;

  const close = (reason: string): void => {
    if (!mailbox.close(reason)) return;
    waiting.length = 0;
    // Also while connecting: that aborts the handshake. The protocol allows a reason of 123 bytes; codes are shorter.
    socket.close(1000, reason.slice(0, 120));
  };
  socket.addEventListener('open', () => {
    wasOpen = true;
    for (const frame of waiting.splice(0)) socket.send(frame);
  });
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') mailbox.deliver(data);
    else close('FRAME_INVALID');
  });
  socket.addEventListener('error', (event) => {
    if (!wasOpen) refusal = refusalOf(event);
  });
  socket.addEventListener('close', ({ code, reason }) => {
    mailbox.close(reason || reasonOf(code) || (wasOpen ? 'PEER_CLOSED' : (refusal ?? 'GATEWAY_OFFLINE')));
  });
  return {
    post(frame) {
      if (mailbox.isClosed()) return;
      if (socket.readyState === connecting) waiting.push(frame);
      else if (socket.readyState === open) socket.send(frame);
      if (socket.bufferedAmount > maxBufferedBytes) close('PEER_TOO_SLOW');
    },
    onFrame: mailbox.onFrame,
    onClose: mailbox.onClose,
    close: (reason = 'PEER_CLOSED') => close(reason),
    bufferedBytes: () => socket.bufferedAmount,
  };
}

function reasonOf(code: number): string {
  // 1009: message too big (RFC 6455, section 7.4.1), sent by `ws` where its maxPayload is exceeded.
  return code === 1009 ? 'FRAME_TOO_LARGE' : '';
}

const refusals: ReadonlyMap<string, string> = new Map([
  ['401', 'AUTH_REQUIRED'],
  ['403', 'ORIGIN_FORBIDDEN'],
  ['426', 'VERSION_MISMATCH'],
  ['429', 'PEER_BUSY'],
]);

/** `ws` names the HTTP status that refused the upgrade; a browser tells nothing. */
function refusalOf(event: object): string | null {
  const status = 'message' in event && typeof event.message === 'string' ? /server response: (\d+)/.exec(event.message)?.[1] : undefined;
  return refusals.get(status ?? '') ?? null;
}
