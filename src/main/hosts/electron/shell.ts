/** The Electron host: the console with a window, a tray, notifications and a question before it stops a gateway in use. */
import { app, type BrowserWindow, dialog, Menu, Notification, powerMonitor } from 'electron';
import type { AppError } from '#contract/errors.ts';
import { type Console, createConsole } from '../../desk/console.ts';
import { createHttpDemo } from '../../desk/demo.ts';
import { acquireOwnership } from '../../desk/owner-lock.ts';
import type { Alarm } from '../../desk/watch.ts';
import type { HostArguments } from '../arguments.ts';
import { createBugReport } from '../bug-report.ts';
import type { AppPaths } from '../paths.ts';
import { createDialogConfirm } from './dialog-confirm.ts';
import { lockDownSession } from './lockdown.ts';
import { listenToBridges, openMainWindow } from './main-window.ts';
import { serveScheme } from './protocol.ts';
import { createStateTray } from './tray.ts';
import { createUtilitySpawn } from './utility-spawn.ts';
import { alarmWords, quitQuestion } from './words.ts';

export interface ShellOptions {
  readonly args: HostArguments;
  readonly paths: AppPaths;
  readonly log: (text: string) => void;
}

/** Starts everything that needs `ready`. Shows why and quits when it cannot. */
export async function startShell({ args, paths, log }: ShellOptions): Promise<void> {
  await app.whenReady();
  const owned = acquireOwnership(args.dataFolder, 'console in Electron');
  if (!owned.ok) return giveUp(owned.error);
  let window: BrowserWindow | null = null;
  let isQuitting = false;

  const started = createConsole({
    ...args,
    host: 'electron',
    version: paths.version,
    spawnGateway: createUtilitySpawn(log),
    demo: args.demoUrl === undefined ? null : createHttpDemo(args.demoUrl),
    confirm: createDialogConfirm(() => window),
    onFailing: (alarm) => notify(alarm, show),
    onBug: createBugReport(log),
  });
  if (!started.ok) {
    owned.value.release();
    return giveUp(started.error);
  }
  const desk = started.value;

  function show(): void {
    if (window === null) {
      window = openMainWindow({ preload: paths.preload, isPackaged: app.isPackaged, connect: desk.open });
      window.on('closed', () => {
        window = null;
      });
    }
    if (window.isMinimized()) window.restore();
    window.focus();
  }

  lockDownSession();
  serveScheme(paths.rendererRoot);
  listenToBridges();
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
      { role: 'editMenu' },
      { role: 'windowMenu' },
    ]),
  );
  const tray = createStateTray({ open: show, quit: () => app.quit() });
  desk.onChange(() => {
    if (!isQuitting) tray.show(desk.worst());
  });
  powerMonitor.on('resume', () => desk.wake());
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    // The gateway goes on for apps that send to it; the tray is the way back.
    if (!desk.hasLiveSources()) app.quit();
  });
  app.on('before-quit', (event) => {
    if (isQuitting) return;
    event.preventDefault();
    void mayStop(desk).then(async (isAgreed) => {
      if (!isAgreed || isQuitting) return;
      isQuitting = true;
      tray.destroy();
      await desk.stop();
      owned.value.release();
      // An exit would wait for the thread that hangs in the keychain.
      if (desk.isKeychainStuck()) process.kill(process.pid, 'SIGKILL');
      app.exit(0);
    });
  });
  show();
}

async function mayStop(desk: Console): Promise<boolean> {
  if (!desk.hasLiveSources()) return true;
  const { message, detail, buttons, keepRunning, quit } = quitQuestion;
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message,
    detail,
    buttons: [...buttons],
    defaultId: keepRunning,
    cancelId: keepRunning,
    noLink: true,
  });
  return response === quit;
}

function notify(alarm: Alarm, show: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification(alarmWords(alarm));
  notification.on('click', show);
  notification.show();
}

function giveUp({ message, suggestedAction, details }: AppError): void {
  dialog.showErrorBox(message, `${suggestedAction}\n${details ? JSON.stringify(details) : ''}`);
  app.exit(1);
}
