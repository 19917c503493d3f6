/** Starts the built console: in Electron where its binary is to be had, in a browser window elsewhere. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { requireNode } from './node.mjs';
import { modules, root } from './paths.mjs';

const electronFolder = join(modules, 'electron');

/** @returns {string | null} path of Electron's binary */
function electronBinary() {
  const pathFile = join(electronFolder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(binary) ? binary : null;
}

/** Electron's package fetches its binary on first use, from GitHub. */
async function fetchElectron() {
  const reachable = await fetch('https://github.com', { method: 'HEAD', signal: AbortSignal.timeout(3000) }).catch(() => null);
  if (!reachable) return 'it is not installed and cannot be fetched from here';
  process.stderr.write('Fetching Electron, once.\n');
  const fetched = spawnSync(process.execPath, [join(electronFolder, 'install.js')], { stdio: ['ignore', 2, 2], timeout: 600_000 });
  return fetched.status === 0 ? null : 'its download failed';
}

/** @returns {Promise<string | null>} why Electron cannot be used; null when it can */
async function electronObstacle() {
  if (process.env.SLUICE_HOST === 'browser') return 'SLUICE_HOST says browser';
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'it does not run as root';
  return electronBinary() ? null : await fetchElectron();
}

/**
 * Builds where needed and runs the console until it ends; this process then ends with its exit code.
 * @param {readonly string[]} args passed on to the console's main
 */
export async function launch(args) {
  requireNode();
  if (!ensureBuilt()) process.exit(1);
  const obstacle = await electronObstacle();
  const binary = obstacle === null ? electronBinary() : null;
  if (binary === null) process.stderr.write(`Opening the console in a browser window instead of Electron: ${obstacle}.\n`);
  const command = binary ?? process.execPath;
  const program = binary === null ? join(root, 'out/node/main/browser.js') : root;
  const child = spawn(command, [program, ...args], { cwd: root, stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`The console could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
