import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { errorCodes } from '#contract/errors.ts';
import { docProblems } from '../../scripts/lib/doc-links.mjs';
import { root } from './planted.ts';

describe('the docs', () => {
  it('point only to what exists', () => {
    expect(docProblems(root)).toEqual([]);
  });

  it('list every error code among the failure modes', () => {
    const text = readFileSync(join(root, 'docs/failure-modes.md'), 'utf8');
    expect(errorCodes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  it('list no error code that the product does not know', () => {
    const text = readFileSync(join(root, 'docs/failure-modes.md'), 'utf8');
    const known = new Set<string>(errorCodes);
    const named = [...text.matchAll(/^\| `([A-Z]+(?:_[A-Z]+)+)`/gm)].map((match) => match[1] ?? '');
    expect(named.filter((code) => !known.has(code))).toEqual([]);
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
