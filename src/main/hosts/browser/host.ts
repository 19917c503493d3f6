/** The browser host: the console in plain Node, its window an app window of an installed browser. */
import type { ChildProcess } from 'node:child_process';
import { type AppError, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { createConsole } from '../../desk/console.ts';
import { createHttpDemo } from '../../desk/demo.ts';
import { acquireOwnership, readOwner } from '../../desk/owner-lock.ts';
import { createNodeSpawn } from '../../embedded/node-spawn.ts';
import type { HostArguments } from '../arguments.ts';
import { createBugReport } from '../bug-report.ts';
import type { AppPaths } from '../paths.ts';
import { openAppWindow } from './app-window.ts';
import { knock } from './door.ts';
import { findBrowser } from './find-browser.ts';
import { startBrowserServer } from './http-server.ts';
import { removeOldLaunchFiles, writeLaunchFile } from './launch-file.ts';
import { createSessions } from './sessions.ts';
import { createTerminalConfirm } from './terminal-confirm.ts';

export interface BrowserHost {
  /** Address of a window, with a new one-time token. */
  newAddress(): string;
  /** Opens a window, or answers the address where that is not possible. */
  show(): { readonly url: string | null };
  /** Stops everything. True when the process must be ended the hard way: a keychain call hangs in it. */
  stop(): Promise<boolean>;
}

export interface BrowserHostOptions {
  readonly args: HostArguments;
  readonly paths: AppPaths;
  readonly log: (text: string) => void;
}

/** Starts the host. DATA_LOCKED (after asking the owner to show itself), DATA_READONLY, DATA_CORRUPT, DATA_NEWER. */
export async function startBrowserHost({ args, paths, log }: BrowserHostOptions): Promise<Result<BrowserHost>> {
  const { dataFolder } = args;
  const owned = acquireOwnership(dataFolder, 'console in a browser');
  if (!owned.ok) return err(await withOwnersWindow(owned.error, dataFolder));
  const reportBug = createBugReport(log);
  const desk = createConsole({
    ...args,
    host: 'browser',
    version: paths.version,
    spawnGateway: createNodeSpawn(paths.gatewayEntry, log),
    demo: args.demoUrl === undefined ? null : createHttpDemo(args.demoUrl),
    confirm: createTerminalConfirm(),
    onBug: (error, requestId) =>
      log(`bug ${requestId ?? ''}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  });
  if (!desk.ok) {
    owned.value.release();
    return desk;
  }

  removeOldLaunchFiles(dataFolder);
  const browser = args.opensWindow ? findBrowser() : null;
  const windows = new Set<ChildProcess>();
  const sessions = createSessions();
  const server = await startBrowserServer({
    root: paths.rendererRoot,
    sessions,
    onChannel: desk.value.open,
    onDoor: () => show(),
    onBug: reportBug,
  });
  owned.value.announce({ url: server.site.origin, key: server.doorKey });
  const addressOf = (token: string): string => `${server.site.origin}/#token=${token}`;

  function show(): { readonly url: string | null } {
    if (browser === null) return { url: addressOf(sessions.issueOneTime()) };
    const launch = writeLaunchFile(dataFolder, addressOf(sessions.issueOneTime(() => launch.remove())));
    const window = openAppWindow(browser, launch.url, dataFolder);
    windows.add(window);
    window.on('exit', () => windows.delete(window));
    return { url: null };
  }

  return ok({
    newAddress: () => addressOf(sessions.issueOneTime()),
    show,
    async stop() {
      for (const window of windows) window.kill();
      await server.close();
      await desk.value.stop();
      removeOldLaunchFiles(dataFolder);
      owned.value.release();
      return desk.value.isKeychainStuck();
    },
  });
}

/** The owner opens a window of its own, or tells where one can be had. */
async function withOwnersWindow(error: AppError, dataFolder: string): Promise<AppError> {
  const door = error.code === 'DATA_LOCKED' ? readOwner(dataFolder)?.door : null;
  if (!door) return error;
  const answer = await knock(door);
  return answer.ok ? appError(error.code, { ...error.details, window: answer.value ?? 'opened' }) : error;
}
