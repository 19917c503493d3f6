/**
 * All that a page gets of Electron: four functions. It runs sandboxed, in a world of its own,
 * and trusts main but not the page: main parses whatever comes through here.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { type Bridge, type BridgeEvent, bridgeMessages } from '#contract/bridge.ts';

let lastChannel = 0;
let listener: ((channel: number, event: BridgeEvent) => void) | null = null;

ipcRenderer.on(bridgeMessages.event, (_event, channel: number, event: BridgeEvent) => listener?.(channel, event));

const bridge: Bridge = {
  open(target) {
    lastChannel += 1;
    ipcRenderer.send(bridgeMessages.open, lastChannel, target);
    return lastChannel;
  },
  send: (channel, frame) => ipcRenderer.send(bridgeMessages.send, channel, frame),
  close: (channel, reason) => ipcRenderer.send(bridgeMessages.close, channel, reason),
  listen(next) {
    listener = next;
  },
};

contextBridge.exposeInMainWorld('sluice', bridge);
