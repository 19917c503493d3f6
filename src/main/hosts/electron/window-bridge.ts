/** Main's end of the bridge: the channels of one window, over Electron's messages. */
import type { BridgeEvent } from '#contract/bridge.ts';
import type { Channel } from '#contract/channel.ts';
import { createMailbox } from '#contract/channels/mailbox.ts';

/** A page of ours opens two; more than this is one that was taken over. */
const maxChannels = 64;

export interface WindowBridge {
  open(channel: number, target: string): void;
  send(channel: number, frame: string): void;
  /** `reason` is a code of the catalogue. */
  close(channel: number, reason?: string): void;
  /** The page is gone (reload, crash, close): all its channels end. */
  closeAll(): void;
}

/**
 * @param tell sends an event to the page.
 * @param connect takes a new channel to its target.
 */
export function createWindowBridge(
  tell: (channel: number, event: BridgeEvent) => void,
  connect: (target: string, channel: Channel) => void,
): WindowBridge {
  const channels = new Map<number, { deliver(frame: string): void; close(reason: string): void }>();
  let lastNumber = 0;

  function open(number: number, target: string): void {
    // Numbers only rise, so a number that comes again was made up.
    if (number <= lastNumber || channels.size >= maxChannels) return tell(number, { closed: 'FRAME_INVALID' });
    lastNumber = number;
    const mailbox = createMailbox();
    const close = (reason: string): void => {
      if (!mailbox.close(reason)) return;
      channels.delete(number);
      tell(number, { closed: reason });
    };
    channels.set(number, { deliver: mailbox.deliver, close });
    connect(target, {
      post(frame) {
        if (!mailbox.isClosed()) tell(number, { frame });
      },
      onFrame: mailbox.onFrame,
      onClose: mailbox.onClose,
      close: (reason = 'PEER_CLOSED') => close(reason),
    });
  }

  return {
    open,
    send: (number, frame) => channels.get(number)?.deliver(frame),
    close: (number, reason = 'PEER_CLOSED') => channels.get(number)?.close(reason),
    closeAll() {
      for (const channel of [...channels.values()]) channel.close('PEER_CLOSED');
      // The next page counts from one again.
      lastNumber = 0;
    },
  };
}
