import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFlagUsage } from './flag-usage.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-usage-'));
  file = join(folder, 'flag-usage.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('remembers over a restart when a flag was last asked for, and since when it watches', () => {
  const first = createFlagUsage(file, () => 1000);
  first.note('beta');
  first.flush();
  const second = createFlagUsage(file, () => 2000);
  expect([second.since, second.evaluatedAt('beta'), second.evaluatedAt('other')]).toEqual([1000, 1000, null]);
});

it('begins anew after a file that cannot be read, and writes only what changed', () => {
  writeFileSync(file, '{"version":');
  const usage = createFlagUsage(file, () => 3000);
  expect(usage.since).toBe(3000);
  usage.flush();
  const written = readFileSync(file, 'utf8');
  writeFileSync(file, 'untouched');
  usage.flush();
  expect(readFileSync(file, 'utf8')).toBe('untouched');
  expect(JSON.parse(written)).toMatchObject({ since: 3000 });
});
