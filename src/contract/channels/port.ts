import type { Channel } from '../channel.ts';
import { createMailbox } from './mailbox.ts';

/** What the message ports of browsers, Electron's renderers and `node:worker_threads` have in common. */
export interface PortLike {
  postMessage(message: unknown): void;
  close(): void;
  start?(): void;
  addEventListener(type: 'message' | 'close', listener: (event: object) => void): void;
}

/** A channel over a message port. A string is a frame; a port tells no reason when it closes, so one is posted before. */
export function createPortChannel(port: PortLike): Channel {
  const mailbox = createMailbox();
  port.addEventListener('message', (event) => {
    const data = 'data' in event ? event.data : undefined;
    if (typeof data === 'string') return mailbox.deliver(data);
    if (mailbox.close(farewellOf(data) ?? 'FRAME_INVALID')) port.close();
  });
  port.addEventListener('close', () => mailbox.close('PEER_CLOSED'));
  port.start?.();
  return {
    post(frame) {
      if (!mailbox.isClosed()) port.postMessage(frame);
    },
    onFrame: mailbox.onFrame,
    onClose: mailbox.onClose,
    close(reason = 'PEER_CLOSED') {
      if (!mailbox.close(reason)) return;
      port.postMessage({ close: reason });
      port.close();
    },
  };
}

function farewellOf(message: unknown): string | null {
  const isFarewell = typeof message === 'object' && message !== null && 'close' in message && typeof message.close === 'string';
  return isFarewell ? String(message.close).slice(0, 120) : null;
}
