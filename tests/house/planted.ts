/** A copy of the house's rules in a temporary folder, where files that break them can be planted. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from '#contract/zod.ts';

export const root = join(import.meta.dirname, '../..');

export interface Planted extends Disposable {
  readonly folder: string;
  /** Lint findings of the import rules, as `path: message`. */
  lint(): readonly string[];
  /** Compiler output for one room. */
  compile(room: string): string;
}

/** @param files path to text */
export function plant(files: Readonly<Record<string, string>>): Planted {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-planted-'));
  for (const name of ['package.json', 'tsconfig.base.json', 'biome.imports.json']) cpSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, 'biome.json'), withoutGit(readFileSync(join(root, 'biome.json'), 'utf8')));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const room of ['contract', 'gateway', 'main', 'preload', 'cli', 'renderer']) {
    mkdirSync(join(folder, 'src', room), { recursive: true });
    cpSync(join(root, 'src', room, 'tsconfig.json'), join(folder, 'src', room, 'tsconfig.json'));
  }
  return {
    folder,
    lint: () => lint(folder),
    compile: (room) => compile(folder, room),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The planted folder is no git repository. */
function withoutGit(config: string): string {
  const parsed = z.record(z.string(), z.unknown()).parse(JSON.parse(config));
  return JSON.stringify({ ...parsed, vcs: { enabled: false } });
}

const findings = z.object({
  diagnostics: z.array(
    z.object({ severity: z.string(), category: z.string(), message: z.string(), location: z.object({ path: z.string() }) }),
  ),
});

const importRules = ['style/noRestrictedImports', 'suspicious/noImportCycles'];

function lint(folder: string): readonly string[] {
  const args = ['lint', ...importRules.map((rule) => `--only=${rule}`), '--reporter=json', '--max-diagnostics=none'];
  const run = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: folder, encoding: 'utf8', maxBuffer: 16 * 1024 ** 2 });
  const { diagnostics } = findings.parse(JSON.parse(run.stdout));
  return diagnostics
    .filter(({ category }) => category.startsWith('lint/'))
    .map(({ location, message }) => `${location.path.replaceAll('\\', '/')}: ${message}`);
}

function compile(folder: string, room: string): string {
  try {
    return execFileSync(join(root, 'node_modules/.bin/tsc'), ['-b', `src/${room}`], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    return z.object({ stdout: z.string() }).parse(error).stdout;
  }
}
