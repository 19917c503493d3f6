import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { needs, whyNoBuild } from '#tests/support/requirements.ts';

const out = fileURLToPath(new URL('../../out/', import.meta.url));
const files = globSync('**/*.{js,cjs}', { cwd: out }).map((path) => ({
  path: path.replaceAll('\\', '/'),
  text: readFileSync(join(out, path), 'utf8'),
}));
const importers = (name: string): readonly string[] =>
  files.filter(({ text }) => new RegExp(`(from|import|require)\\s*\\(?\\s*["'\`]${name}["'\`]`).test(text)).map(({ path }) => path);
/** A file, and every one that is loaded with it. */
function reached(entry: string, seen = new Set<string>()): readonly string[] {
  const file = files.find(({ path }) => path === entry);
  if (!file || seen.has(entry)) return [...seen];
  seen.add(entry);
  for (const [, path = ''] of file.text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g))
    reached(join(entry, '..', path).replaceAll('\\', '/'), seen);
  return [...seen];
}

const { isMissing, why } = needs(whyNoBuild());

describe.skipIf(isMissing)(`the built output${why}`, () => {
  it('imports electron in the Electron host, its entry and the preload only', () => {
    const found = importers('electron');
    expect(found).toContain('node/main/index.js');
    for (const path of found) expect(path).toMatch(/^(node\/main\/(index\.js$|hosts\/electron\/)|preload\/index\.cjs$)/);
  });

  it('imports keytar in one file, from node_modules, which the gateway and the command line do not load', () => {
    const [keeper, ...others] = importers('keytar');
    expect(others).toEqual([]);
    for (const entry of ['node/main/index.js', 'node/main/browser.js']) expect(reached(entry)).toContain(keeper);
    for (const entry of ['node/gateway/index.js', 'node/cli/index.js']) expect(reached(entry)).not.toContain(keeper);
  });

  it('has one preload file, CommonJS, that needs nothing but electron', () => {
    expect(readdirSync(join(out, 'preload'))).toEqual(['index.cjs']);
    const text = readFileSync(join(out, 'preload/index.cjs'), 'utf8');
    expect([...text.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(['electron']);
    expect(text).not.toMatch(/^\s*(import|export)\s/m);
  });

  it('starts the browser host, the gateway and the command line without Electron’s files', () => {
    const ofElectron = importers('electron');
    for (const entry of ['node/main/browser.js', 'node/gateway/index.js', 'node/cli/index.js']) {
      const found = reached(entry);
      expect(found.length, entry).toBeGreaterThan(2);
      expect(found.filter((path) => ofElectron.includes(path) || path.includes('/hosts/electron/'))).toEqual([]);
    }
  });

  it('finds what is started by path where src has it', () => {
    const workers = globSync(['gateway/**/*.worker.ts', 'main/**/*.worker.ts'], { cwd: fileURLToPath(new URL('..', import.meta.url)) });
    expect(workers.length).toBeGreaterThan(5);
    const built = files.map(({ path }) => path);
    for (const worker of workers) expect(built).toContain(`node/${worker.replaceAll('\\', '/').replace(/\.ts$/, '.js')}`);
  });

  it('keeps tests and their support out', () => {
    expect(
      files
        .filter(({ path, text }) => /(^|\/)tests?\//.test(path) || /from ["'][^"']*(vitest|playwright)/.test(text))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('has a page without inline script, with a place for the nonce', () => {
    const html = readFileSync(join(out, 'renderer/index.html'), 'utf8');
    expect(html).toContain('content="__STYLE_NONCE__"');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|https?:\/\//);
  });
});
