/** `npm run check`: types, lint and format, import rules, dead code, doc links. Prints what failed, then a table. */
import { spawnSync } from 'node:child_process';
import { docProblems } from './lib/doc-links.mjs';
import { requireNode } from './lib/node.mjs';
import { bin, root } from './lib/paths.mjs';

requireNode();

/**
 * @typedef {{ ok: boolean, output: string }} Outcome
 * @param {string} name
 * @param {string[]} args
 * @returns {Outcome}
 */
function program(name, args) {
  const run = spawnSync(bin(name), args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 * 1024 ** 2 });
  return { ok: run.status === 0, output: `${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}` };
}

/** @returns {Outcome} */
function docs() {
  const problems = docProblems(root);
  return { ok: problems.length === 0, output: problems.join('\n') };
}

const importRules = ['--only=style/noRestrictedImports', '--only=suspicious/noImportCycles'];
/** @type {readonly [string, () => Outcome][]} */
const steps = [
  ['types', () => program('tsc', ['-b'])],
  ['lint and format', () => program('biome', ['check', '--error-on-warnings', '--max-diagnostics=100'])],
  ['import rules', () => program('biome', ['lint', ...importRules, '--error-on-warnings'])],
  ['dead code', () => program('knip', ['--no-progress'])],
  // What only tests use is dead in the product.
  ['dead in product', () => program('knip', ['--production', '--no-progress'])],
  ['doc links', docs],
];

const results = steps.map(([name, run]) => {
  const startedAt = performance.now();
  const { ok, output } = run();
  if (!ok) process.stdout.write(`\n── ${name} ──\n${output.trim()}\n`);
  return { name, ok, seconds: (performance.now() - startedAt) / 1000 };
});

process.stdout.write('\n');
for (const { name, ok, seconds } of results) {
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)}${seconds.toFixed(1).padStart(6)} s\n`);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
