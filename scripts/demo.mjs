/** `npm run demo`: the console with an embedded gateway, simulated vendors and traffic, each labelled as demo. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { requireNode } from './lib/node.mjs';
import { root } from './lib/paths.mjs';

requireNode();
const child = spawn(process.execPath, [join(root, 'tests/support/demo/main.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
