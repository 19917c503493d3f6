/**
 * The one bridge between a page and Electron: four functions, which carry JSON strings. The
 * preload puts it at `window.sluice`. In a browser a page needs none: a channel is a WebSocket.
 */
export interface Bridge {
  /** Opens a channel to `desk` or `gateway/<environment>`. Returns its number at once; numbers are never reused. */
  open(target: string): number;
  /** Sends one frame; before the channel is up it waits, after it closed it is lost. */
  send(channel: number, frame: string): void;
  /** `reason` is a code of the catalogue. */
  close(channel: number, reason: string): void;
  /** Sets the one listener. It hears of each channel's end exactly once, and never within a call of this bridge. */
  listen(listener: (channel: number, event: BridgeEvent) => void): void;
}

/** `closed` is a code of the catalogue. */
export type BridgeEvent = { readonly frame: string } | { readonly closed: string };

/** Names of Electron's messages. The first three go to main: (channel, target), (channel, frame), (channel, reason). The last comes back: (channel, event). */
export const bridgeMessages = {
  open: 'sluice:open',
  send: 'sluice:send',
  close: 'sluice:close',
  event: 'sluice:event',
} as const;
