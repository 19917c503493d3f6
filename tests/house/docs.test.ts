import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { docProblems } from '../../scripts/lib/doc-links.mjs';
import { generatedDocs } from '../../scripts/lib/generated-docs.mjs';
import { root } from './planted.ts';

describe('the docs', () => {
  it('point only to what exists', () => {
    expect(docProblems(root)).toEqual([]);
  });

  it('say what the contract says; after a change of it: npm run docs', () => {
    const stale = generatedDocs(root).filter(({ file, text }) => readFileSync(file, 'utf8') !== text);
    expect(stale.map(({ file }) => file)).toEqual([]);
  });
});

describe('the doc checker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('sees a dead link, a dead heading and an unknown command', () => {
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { test: 'x', demo: 'x' } }));
    writeFileSync(join(folder, 'docs/a.md'), '# Known heading\n');
    writeFileSync(
      join(folder, 'README.md'),
      '[ok](docs/a.md#known-heading) [web](https://example.com) [gone](docs/b.md) [nowhere](docs/a.md#other)\n`npm run demo`, `npm test`, `npm run -s gone`\n`[not a link](x.md)`\n',
    );
    expect(docProblems(folder)).toEqual([
      'README.md: docs/b.md does not exist',
      'README.md: docs/a.md#other has no such heading',
      'README.md: there is no script for "npm run -s gone"',
    ]);
  });
});
