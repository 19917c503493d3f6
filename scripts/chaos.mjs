/** `npm run test:chaos -- [--minutes N] [--seed N]`: kills, power cuts, full disks and failing vendors at random for so long (10 minutes unless told). */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requireNode } from './lib/node.mjs';
import { root } from './lib/paths.mjs';

requireNode();
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  process.stderr.write(`--minutes needs a number above 0, not "${values.minutes}"\n`);
  process.exit(2);
}
const seed = values.seed ?? String(Date.now() % 1_000_000_000);
process.stderr.write(`Chaos for ${minutes} min with seed ${seed}.\n`);
const env = { ...process.env, SLUICE_CHAOS_MINUTES: String(minutes), SLUICE_CHAOS_SEED: seed };
const child = spawn(process.execPath, [join(root, 'scripts/test.mjs'), 'tests/faults/chaos.test.ts'], { cwd: root, stdio: 'inherit', env });
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
