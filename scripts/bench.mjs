/**
 * `npm run bench -- <name> [--json] [--quick]`: runs tests/perf/<name>.bench.ts. Without --json it prints a table for
 * people; with it, one JSON object on the last line of stdout and progress on stderr. Without a name: the list.
 * --quick takes fewer, shorter rounds: to see that a bench works, not to quote its figures.
 */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';
import { requireNode } from './lib/node.mjs';
import { root } from './lib/paths.mjs';

requireNode();
const folder = join(root, 'tests/perf');

/**
 * @typedef {{ id: string, value: number, unit: string, better: 'higher' | 'lower', must: number, aim: number }} Figure
 * @typedef {{ name: string, figures: Figure[], rounds: number, detail: Record<string, unknown> }} Report
 */

function names() {
  return globSync('*.bench.ts', { cwd: folder })
    .map((file) => file.replace(/\.bench\.ts$/, ''))
    .sort();
}

/** @param {Figure} figure */
function verdict({ value, better, must, aim }) {
  const reaches = (/** @type {number} */ bound) => (better === 'higher' ? value >= bound : value <= bound);
  if (reaches(aim)) return 'aim reached';
  return reaches(must) ? 'must reached' : 'MUST MISSED';
}

/** @param {number} value */
function number(value) {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

/** @param {Report} report */
function table({ name, figures, rounds, detail }) {
  const rows = figures.map((figure) => [
    figure.id,
    number(figure.value),
    figure.unit,
    number(figure.must),
    number(figure.aim),
    verdict(figure),
  ]);
  const all = [['figure', 'value', 'unit', 'must', 'aim', ''], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const noise = detail.quiet === false ? 'NOT TO BE QUOTED: other processes took more than 6 % of the CPU in too many rounds.\n\n' : '';
  return `${name}, ${rounds} rounds\n\n${noise}${lines.join('\n')}\n\n${JSON.stringify(detail, null, 2)}\n`;
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [name] = positionals;
const file = join(folder, `${name}.bench.ts`);
if (name === undefined || !existsSync(file)) {
  process.stderr.write(`${name === undefined ? '' : `There is no bench "${name}".\n`}Benches: ${names().join(', ')}\n`);
  process.exit(name === undefined ? 0 : 1);
}
if (!ensureBuilt()) process.exit(1);
const bench = await import(pathToFileURL(file).href);
/** @type {Report} */
const report = await bench.run({ json: values.json, quick: values.quick });
// A bench may leave a keep-alive socket; its figures are out.
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table(report), () => process.exit(0));
