import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('sees a dead link, a dead heading, a test that is not there and an unknown command', () => {
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { test: 'x', demo: 'x' } }));
    writeFileSync(join(folder, 'docs/a.md'), '# Known heading\n');
    writeFileSync(join(folder, 'docs/a.test.ts'), "it('works', () => {});\n");
    writeFileSync(
      join(folder, 'README.md'),
      `[ok](docs/a.md#known-heading) [web](https://example.com) [gone](docs/b.md) [nowhere](docs/a.md#other)
[a](docs/a.test.ts) [works](docs/a.test.ts) [flies](docs/a.test.ts)
\`npm run demo\`, \`npm test\`, \`npm run -s gone\`
\`[not a link](x.md)\`
`,
    );
    expect(docProblems(folder)).toEqual([
      'README.md: docs/b.md does not exist',
      'README.md: docs/a.md#other has no such heading',
      'README.md: docs/a.test.ts has no test "flies"',
      'README.md: there is no script for "npm run -s gone"',
    ]);
  });

  it('sees a page that the sources name and nobody wrote, and a decision with a number that is taken', () => {
    mkdirSync(join(folder, 'docs/decisions'), { recursive: true });
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: {} }));
    writeFileSync(join(folder, 'src/a.ts'), '// See docs/decisions/0001-one.md and docs/gone.md.\n');
    writeFileSync(join(folder, 'docs/decisions/0001-one.md'), '# 1. One\n');
    writeFileSync(join(folder, 'docs/decisions/0001-other.md'), '# 1. Other\n');
    expect(docProblems(folder)).toEqual(['src/a.ts: docs/gone.md does not exist', 'docs/decisions/0001-other.md: is not "# 2. ..."']);
  });
});
