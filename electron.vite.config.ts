import { existsSync, globSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

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
    build: {
      outDir: 'out/node',
      emptyOutDir: true,
      // keytar is an optional dependency, which electron-vite would bundle.
      externalizeDeps: { include: ['keytar'] },
      // The tree of src is kept, so that a worker is found beside its owner from source, build and archive alike.
      rolldownOptions: {
        input: nodeEntries(),
        output: { format: 'es', preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
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
