/**
 * A double of what the console uses of Electron, over real Chromium (whose address is in
 * ELECTRON_DOUBLE_CDP). It proves that main, preload and page are wired; it does not prove
 * Electron's sandbox. What main shows outside its page is reported to the parent process,
 * which may say `{ quit: true }` or `{ answer: n }` for the next dialogs.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type * as Electron from 'electron';
import { chromium } from 'playwright-core';
import { type DoublePage, openDoublePage } from './page.ts';

const report = (what: Readonly<Record<string, unknown>>): void => void process.send?.(what);
/** An event that main may refuse. */
function refusable<T extends object>(fields: T): T & { defaultPrevented: boolean; preventDefault(): void } {
  const event = { ...fields, defaultPrevented: false, preventDefault: () => void Object.assign(event, { defaultPrevented: true }) };
  return event;
}

const cdpUrl = process.env.ELECTRON_DOUBLE_CDP;
if (!cdpUrl) throw new Error('ELECTRON_DOUBLE_CDP is not set');
const browser = await chromium.connectOverCDP(cdpUrl);
const [context = await browser.newContext()] = browser.contexts();
let dialogAnswer = 0;

export const app = Object.assign(new EventEmitter(), {
  isPackaged: true,
  whenReady: () => new Promise<void>((resolve) => void setImmediate(resolve)),
  requestSingleInstanceLock: () => true,
  enableSandbox: () => report({ sandbox: true }),
  setPath: (name: string) => report({ path: name }),
  quit() {
    const event = refusable({});
    app.emit('before-quit', event);
    if (!event.defaultPrevented) app.exit(0);
  },
  exit: (code = 0) => process.exit(code),
} satisfies Partial<Electron.App>);

type Handler = Parameters<Electron.Protocol['handle']>[1];
const handlers = new Map<string, Handler>();
export const protocol = {
  registerSchemesAsPrivileged: (schemes) => report({ schemes: schemes.map(({ scheme, privileges }) => ({ scheme, ...privileges })) }),
  handle: (scheme, handler) => void handlers.set(scheme, handler),
} satisfies Partial<Electron.Protocol>;

type RequestListener = (details: Electron.OnBeforeRequestListenerDetails, answer: (response: Electron.CallbackResponse) => void) => void;
let requestListener: RequestListener | null = null;
let permissionCheck: (() => boolean) | null = null;
const webRequest = {
  onBeforeRequest(listener: RequestListener) {
    requestListener = listener;
  },
};
export const session = {
  defaultSession: Object.assign(new EventEmitter(), {
    webRequest,
    setPermissionRequestHandler: () => {},
    setPermissionCheckHandler: (handler: (() => boolean) | null) => {
      permissionCheck = handler;
    },
    setDevicePermissionHandler: () => {},
    setDisplayMediaRequestHandler: () => {},
    setSpellCheckerEnabled: () => {},
  }),
};

export const ipcMain = new EventEmitter();
export const shell = { openExternal: async (url) => report({ external: url }) } satisfies Partial<Electron.Shell>;
export const powerMonitor = new EventEmitter();
export const dialog = {
  showMessageBox: async (...args: unknown[]) => {
    const { message, detail } = args.at(-1) as Electron.MessageBoxOptions;
    report({ dialog: { message, detail } });
    return { response: dialogAnswer, checkboxChecked: false };
  },
  showErrorBox: (title, content) => report({ errorBox: { title, content } }),
} satisfies Partial<Electron.Dialog>;

export const Menu = { buildFromTemplate: (template: readonly unknown[]) => template, setApplicationMenu: () => {} };
export const nativeImage = { createFromBitmap: (pixels: Buffer) => ({ pixels }) };
export class Tray extends EventEmitter {
  setContextMenu(): void {}
  setImage(): void {}
  setToolTip(text: string): void {
    report({ tray: text });
  }
  destroy(): void {}
}
export class Notification extends EventEmitter {
  static isSupported = (): boolean => true;
  readonly #words: unknown;
  constructor(words: unknown) {
    super();
    this.#words = words;
  }
  show(): void {
    report({ notification: this.#words });
  }
}

export const utilityProcess = {
  fork(path: string, args: string[]) {
    const execArgv = ['--import', new URL('./utility-child.ts', import.meta.url).href];
    const child: ChildProcess = fork(path, args, { execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    return Object.assign(child, { postMessage: (message: object) => void (child.connected && child.send(message)) });
  },
};

class WebContents extends EventEmitter {
  readonly id: number;
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  page: Promise<DoublePage> | null = null;
  constructor(id: number) {
    super();
    this.id = id;
  }
  send(channel: string, ...args: unknown[]): void {
    void this.page?.then((page) => page.deliver(channel, args));
  }
  isDestroyed = (): boolean => false;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
}

let windows = 0;
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    windows += 1;
    const { preload = '', ...preferences } = options.webPreferences ?? {};
    report({ window: { ...preferences, permission: permissionCheck?.() } });
    this.webContents = new WebContents(windows);
    app.emit('web-contents-created', {}, this.webContents);
    this.webContents.page = this.#open(readFileSync(preload, 'utf8'));
  }
  async loadURL(url: string): Promise<void> {
    await (await this.webContents.page)?.load(url);
    this.emit('ready-to-show');
  }
  show(): void {
    report({ shown: true });
  }
  focus(): void {}
  restore(): void {}
  isMinimized = (): boolean => false;

  async #open(preload: string): Promise<DoublePage> {
    const contents = this.webContents;
    const opened = await openDoublePage(context, preload, {
      serve: async (url) =>
        (await handlers.get(new URL(url).protocol.slice(0, -1))?.(new Request(url))) ?? new Response(null, { status: 404 }),
      mayRequest(url) {
        let isCancelled = false;
        requestListener?.({ url } as Electron.OnBeforeRequestListenerDetails, ({ cancel = false }) => {
          isCancelled = cancel;
        });
        return !isCancelled;
      },
      mayNavigate(url) {
        const event = refusable({ url });
        contents.emit('will-navigate', event);
        report({ navigation: url, isRefused: event.defaultPrevented });
        return !event.defaultPrevented;
      },
      onMessage: (channel, args, url) => ipcMain.emit(channel, { sender: contents, senderFrame: { url, parent: null } }, ...args),
      onDocumentGone: () => contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false }),
    });
    opened.page.on('popup', (popup) => {
      const { action } = contents.openHandler({ url: popup.url() });
      report({ popup: action });
      if (action === 'deny') void popup.close();
    });
    opened.page.on('close', () => contents.emit('destroyed'));
    return opened;
  }
}

process.on('message', (message: { quit?: boolean; answer?: number }) => {
  dialogAnswer = message.answer ?? dialogAnswer;
  if (message.quit) app.quit();
});
