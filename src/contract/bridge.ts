/**
 * The one bridge between a page and its host: four functions, which carry JSON strings. In
 * Electron the preload puts it at `window.sluice`; in a browser the page makes the same over
 * WebSocket.
 */
export interface Bridge {
  /** Opens a channel to `desk` or `gateway/<environment>`. Returns its number at once; numbers are never reused. */
  open(target: string): number;
  /** Sends one frame; before the channel is up it waits, after it closed it is lost. */
  send(channel: number, frame: string): void;
  close(channel: number): void;
  /** Sets the one listener. It hears of each channel's end exactly once, and never within a call of this bridge. */
  listen(listener: (channel: number, event: BridgeEvent) => void): void;
}

/** `closed` is a code of the catalogue. */
export type BridgeEvent = { readonly frame: string } | { readonly closed: string };

/** Names of Electron's messages. The first three go to main: (channel, target), (channel, frame), (channel). The last comes back: (channel, event). */
export const bridgeMessages = {
  open: 'sluice:open',
  send: 'sluice:send',
  close: 'sluice:close',
  event: 'sluice:event',
} as const;
