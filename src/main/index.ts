/** The console in Electron: `electron . [--data DIR]`. */
import { join } from 'node:path';
import { app } from 'electron';
import { parseArguments } from './hosts/arguments.ts';
import { lockDownContents } from './hosts/electron/lockdown.ts';
import { registerScheme } from './hosts/electron/protocol.ts';
import { startShell } from './hosts/electron/shell.ts';
import { findAppPaths } from './hosts/paths.ts';

const log = (text: string): void => void process.stderr.write(text);
const args = parseArguments(process.argv.slice(1), false);
if (!args.ok) {
  log(`Sluice cannot start: ${args.error.message} ${String(args.error.details?.detail ?? '')}\n`);
  process.exit(1);
}
// Chromium's own files, and with them the lock that makes this the single instance of its folder.
app.setPath('userData', join(args.value.dataFolder, 'electron'));
if (app.requestSingleInstanceLock()) {
  registerScheme();
  lockDownContents();
  // Not awaited: Electron waits for this module to be loaded to its end before it is ready.
  startShell({ args: args.value, paths: findAppPaths(), log }).catch((bug: unknown) => {
    log(`${bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)}\n`);
    app.exit(1);
  });
} else {
  // The first instance was told by the lock, and comes to the front.
  app.exit(0);
}
