import { existsSync, globSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { keepPlaces } from './scripts/lib/keep-places.mjs';

const root = import.meta.dirname;
const source = resolve(root, 'src');
const preloadEntry = resolve(source, 'preload/index.ts');
const page = resolve(source, 'renderer/index.html');

/** What is started by path, and so must exist as a file of its own in the build: hosts, gateway, command line, workers. */
const programs = ['main/index.ts', 'main/browser.ts', 'gateway/index.ts', 'cli/index.ts'];

function nodeEntries(): Record<string, string> {
  const workers = globSync(['gateway/**/*.worker.ts', 'main/**/*.worker.ts'], { cwd: source });
  const files = [...programs, ...workers].map((file) => resolve(source, file)).filter((file) => existsSync(file));
  return Object.fromEntries(files.map((file) => [relative(source, file).replaceAll('\\', '/').replace(/\.ts$/, ''), file]));
}

export default defineConfig({
  main: {
    plugins: [keepPlaces(source)],
    build: {
      outDir: 'out/node',
      emptyOutDir: true,
      // A thousand small files took a gateway half of its start. What is started by path keeps its place in src's tree.
      externalizeDeps: false,
      rolldownOptions: {
        input: nodeEntries(),
        // ws stays the package that a test can listen in on; the last is asked for by what we do not use of the sketches.
        external: ['electron', 'keytar', 'ws', 'protobufjs/minimal'],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  ...(existsSync(preloadEntry)
    ? {
        preload: {
          build: {
            outDir: 'out/preload',
            emptyOutDir: true,
            // A sandboxed preload must be one CommonJS file.
            externalizeDeps: false,
            rolldownOptions: { input: { index: preloadEntry }, output: { format: 'cjs' as const, entryFileNames: '[name].cjs' } },
          },
        },
      }
    : {}),
  ...(existsSync(page)
    ? {
        renderer: {
          root: resolve(source, 'renderer'),
          plugins: [react()],
          build: {
            outDir: resolve(root, 'out/renderer'),
            emptyOutDir: true,
            minify: true,
            target: 'chrome130',
            // The content security policy allows no data: fonts and no inline script.
            assetsInlineLimit: 0,
            modulePreload: { polyfill: false },
            chunkSizeWarningLimit: 2000,
            rolldownOptions: { input: page },
          },
        },
      }
    : {}),
});
