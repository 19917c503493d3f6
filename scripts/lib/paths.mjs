/** Where things are. No dependencies: also read by ensure, before anything is installed. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const modules = join(root, 'node_modules');
export const lockfile = join(root, 'package-lock.json');
/** Where `NODE_COMPILE_CACHE` points in tests. */
export const compileCache = join(modules, '.cache/compile');

/** @param {string} name a program that a package installed */
export function bin(name) {
  return join(modules, '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}
