import type { Bridge, BridgeEvent } from '../bridge.ts';
import type { Channel } from '../channel.ts';
import { createMailbox } from './mailbox.ts';

/** Opens channels over a page's bridge. Takes the bridge's one listener, so make one opener a bridge. */
export function createChannelOpener(bridge: Bridge): (target: string) => Channel {
  const sinks = new Map<number, (event: BridgeEvent) => void>();
  bridge.listen((number, event) => sinks.get(number)?.(event));
  return (target) => {
    const number = bridge.open(target);
    const mailbox = createMailbox();
    sinks.set(number, (event) => {
      if ('frame' in event) return mailbox.deliver(event.frame);
      sinks.delete(number);
      mailbox.close(event.closed);
    });
    return {
      post(frame) {
        if (!mailbox.isClosed()) bridge.send(number, frame);
      },
      onFrame: mailbox.onFrame,
      onClose: mailbox.onClose,
      close(reason = 'PEER_CLOSED') {
        if (mailbox.close(reason)) bridge.close(number, reason);
      },
    };
  };
}
