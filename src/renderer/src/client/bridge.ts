import { type ErrorCode, errorCodes } from '#contract/errors.ts';
import type { Channel } from '#contract/channel.ts';

export type BridgeEvent = { readonly frame: string } | { readonly closed: string };

/**
 * The one thing that the host gives a page: channels of strings. In Electron the preload puts
 * it at `window.sluice`; the browser host's page makes its own (browser-bridge.ts).
 */
export interface Bridge {
  /** `desk` or `gateway/<environment>`. Answers at once; ids are never reused. */
  open(target: string): number;
  send(channel: number, frame: string): void;
  close(channel: number): void;
  /** One listener. Exactly one `closed` comes per channel, always later, never at once. */
  listen(listener: (channel: number, event: BridgeEvent) => void): void;
}

declare global {
  interface Window {
    readonly sluice?: Bridge;
  }
}

/** Opens contract channels over a bridge. Takes the bridge's one listener, so make one a bridge. */
export function createChannelOpener(bridge: Bridge): (target: string) => Channel {
  const sinks = new Map<number, (event: BridgeEvent) => void>();
  bridge.listen((id, event) => {
    const sink = sinks.get(id);
    if ('closed' in event) sinks.delete(id);
    sink?.(event);
  });
  return (target) => {
    const id = bridge.open(target);
    const { channel, sink } = createBridgeChannel(bridge, id);
    sinks.set(id, sink);
    return channel;
  };
}

function createBridgeChannel(bridge: Bridge, id: number): { readonly channel: Channel; readonly sink: (event: BridgeEvent) => void } {
  let onFrame: ((frame: string) => void) | null = null;
  let onClose: ((reason: string) => void) | null = null;
  let early: string[] = [];
  let closed: string | null = null;
  const channel: Channel = {
    post: (frame) => {
      if (closed === null) bridge.send(id, frame);
    },
    onFrame: (listener) => {
      onFrame = listener;
      const waiting = early;
      early = [];
      for (const frame of waiting) listener(frame);
    },
    onClose: (listener) => {
      onClose = listener;
      if (closed !== null) listener(closed);
    },
    close: () => {
      if (closed === null) bridge.close(id);
    },
  };
  const sink = (event: BridgeEvent) => {
    if ('frame' in event) {
      if (onFrame) onFrame(event.frame);
      else early.push(event.frame);
      return;
    }
    closed = event.closed;
    onClose?.(closed);
  };
  return { channel, sink };
}

const knownCodes: ReadonlySet<string> = new Set(errorCodes);

/** The catalogue's code in a closing reason, or PEER_CLOSED. */
export function closeCode(reason: string): ErrorCode {
  return isErrorCode(reason) ? reason : 'PEER_CLOSED';
}

function isErrorCode(text: string): text is ErrorCode {
  return knownCodes.has(text);
}
