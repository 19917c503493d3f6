import { BrowserWindow, type IpcMainEvent, ipcMain } from 'electron';
import { bridgeMessages } from '#contract/bridge.ts';
import type { Channel } from '#contract/channel.ts';
import { appUrl, bridgeInput, isTrustedFrame, windowPreferences } from './policy.ts';
import { createWindowBridge, type WindowBridge } from './window-bridge.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly isPackaged: boolean;
  readonly connect: (target: string, channel: Channel) => void;
}

/** Bridges by the id of the contents they belong to. */
const bridges = new Map<number, WindowBridge>();

/** Opens the console's window. Its channels end with the page: on reload, crash and close. */
export function openMainWindow({ preload, isPackaged, connect }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    title: 'Sluice',
    show: false,
    autoHideMenuBar: true,
    // The dark ground of the look, so that nothing flashes white before the first paint.
    backgroundColor: '#0d1117',
    webPreferences: windowPreferences(preload, isPackaged),
  });
  const { webContents } = window;
  const { id } = webContents;
  const bridge = createWindowBridge((channel, event) => {
    if (!webContents.isDestroyed()) webContents.send(bridgeMessages.event, channel, event);
  }, connect);
  bridges.set(id, bridge);
  webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) bridge.closeAll();
  });
  webContents.on('render-process-gone', () => bridge.closeAll());
  webContents.on('destroyed', () => {
    bridge.closeAll();
    bridges.delete(id);
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(appUrl);
  return window;
}

/** Listens to the bridges of all windows, and to nobody else. */
export function listenToBridges(): void {
  const trusted = (event: IpcMainEvent): WindowBridge | undefined =>
    isTrustedFrame(event.senderFrame) ? bridges.get(event.sender.id) : undefined;
  ipcMain.on(bridgeMessages.open, (event, ...args: unknown[]) => {
    const input = bridgeInput.open.safeParse(args);
    if (input.success) trusted(event)?.open(...input.data);
  });
  ipcMain.on(bridgeMessages.send, (event, ...args: unknown[]) => {
    const input = bridgeInput.send.safeParse(args);
    if (input.success) trusted(event)?.send(...input.data);
  });
  ipcMain.on(bridgeMessages.close, (event, ...args: unknown[]) => {
    const input = bridgeInput.close.safeParse(args);
    if (input.success) trusted(event)?.close(...input.data);
  });
}
