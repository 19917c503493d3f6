/**
 * `npm test`: builds where needed, runs every test once, and ends with a line `N passed, N failed, N skipped`.
 * Arguments go to Vitest: `npm test -- src/gateway/log`. Fails when a process that the run started outlives it.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { endLeftovers } from './lib/leftovers.mjs';
import { requireNode } from './lib/node.mjs';
import { modules, root } from './lib/paths.mjs';

requireNode();
const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
const countsFile = join(folder, 'counts.json');
const run = randomUUID();

/** @param {NodeJS.ProcessEnv} env @returns {Promise<number>} Vitest's exit code */
function vitest(env) {
  const args = ['run', '--reporter=default', '--reporter=./scripts/lib/reporter.mjs', ...process.argv.slice(2)];
  const child = spawn(process.execPath, [join(modules, 'vitest/vitest.mjs'), ...args], { cwd: root, stdio: 'inherit', env });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** @returns {{ passed: number, failed: number, skipped: number }} */
function readCounts() {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // Vitest ended before it could report.
  }
}

const isBuilt = ensureBuilt();
const code = await vitest({ ...process.env, SLUICE_TEST_RUN: run, SLUICE_TEST_COUNTS: countsFile });
const left = await endLeftovers(`SLUICE_TEST_RUN=${run}`, 5000);
for (const { pid, command } of left) process.stdout.write(`left behind, now ended: ${pid} ${command}\n`);
if (!isBuilt) process.stdout.write('the build failed; see above\n');

const counts = readCounts();
const failed = counts.failed + left.length + (isBuilt ? 0 : 1);
const shown = failed === 0 && code !== 0 ? 1 : failed;
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${counts.passed} passed, ${shown} failed, ${counts.skipped} skipped\n`);
process.exitCode = shown === 0 ? 0 : 1;
