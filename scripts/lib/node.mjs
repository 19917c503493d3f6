/** Sluice runs on the Node that its own install brings; a script started by an older one starts itself again. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { bin } from './paths.mjs';

const floor = [22, 19];

/** @param {string} version such as 20.11.1 */
export function isNodeEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [floorMajor = 0, floorMinor = 0] = floor;
  return major > floorMajor || (major === floorMajor && minor >= floorMinor);
}

/** Returns on a Node that is new enough; otherwise runs this program on the installed one and exits with its code. */
export function requireNode() {
  if (isNodeEnough(process.versions.node)) return;
  const installed = bin('node');
  if (!existsSync(installed)) {
    process.stderr.write(`Sluice needs Node ${floor.join('.')} or newer; this is ${process.versions.node}.\n`);
    process.exit(1);
  }
  const again = spawnSync(installed, process.argv.slice(1), { stdio: 'inherit' });
  process.exit(again.status ?? 1);
}
