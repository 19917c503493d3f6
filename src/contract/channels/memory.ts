import type { Channel } from '../channel.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

/** Two ends of a link inside one process. Frames arrive in a later microtask, as over any other channel. */
export function createMemoryPair(): readonly [Channel, Channel] {
  const left = createMailbox();
  const right = createMailbox();
  return [createEnd(left, right), createEnd(right, left)];
}

function createEnd(own: Mailbox, other: Mailbox): Channel {
  return {
    post(frame) {
      if (!own.isClosed()) queueMicrotask(() => other.deliver(frame));
    },
    onFrame: own.onFrame,
    onClose: own.onClose,
    close(reason = 'PEER_CLOSED') {
      if (own.close(reason)) queueMicrotask(() => other.close(reason));
    },
    bufferedBytes: () => 0,
  };
}
