/** Runs the build where the sources changed since the last one. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root } from './paths.mjs';

const stampFile = join(root, 'out', '.build');

function sourceHash() {
  const hash = createHash('sha256');
  const files = globSync(['src/**/*', 'electron.vite.config.ts', 'package-lock.json', 'package.json'], { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Builds into out/ unless it is current. Prints to stderr. @returns {boolean} whether out/ is current now */
export function ensureBuilt() {
  const hash = sourceHash();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return true;
  process.stderr.write('Building the console and the gateway.\n');
  const build = spawnSync(bin('electron-vite'), ['build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (build.status !== 0) return false;
  writeFileSync(stampFile, hash);
  return true;
}
