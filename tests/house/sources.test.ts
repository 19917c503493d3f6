import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '#contract/errors.ts';
import { root } from './planted.ts';

function program(name: string, args: readonly string[]): string {
  const run = spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });
  return run.status === 0 ? '' : `${run.stdout}${run.stderr}`;
}

const sources = globSync('src/**/*.{ts,tsx,css}', { cwd: root });

describe('the sources', () => {
  it('compile, tests and tools included', { timeout: 180_000 }, () => {
    expect(program('tsc', ['-b'])).toBe('');
  });

  it('hold to the import rules', () => {
    expect(program('biome', ['lint', '--only=style/noRestrictedImports', '--only=suspicious/noImportCycles', '--max-diagnostics=50'])).toBe(
      '',
    );
  });

  it('keep each file under 400 lines', () => {
    const lines = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    expect(sources.filter((file) => lines(file) > 400).map((file) => `${file}: ${lines(file)} lines`)).toEqual([]);
  });

  it('use every code of the error catalogue', () => {
    const text = sources
      .filter((file) => !/\.test\.tsx?$/.test(file) && !file.includes('contract/errors'))
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    expect(errorCodes.filter((code) => !new RegExp(`\\b${code}\\b`).test(text))).toEqual([]);
  });

  it('name no folder of the machine they were written on', () => {
    const docs = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
    const naming = [...sources, ...docs].filter((file) => /\/(work|root|home\/\w+)\/\w/.test(readFileSync(join(root, file), 'utf8')));
    expect(naming).toEqual([]);
  });
});
