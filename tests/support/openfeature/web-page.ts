import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { serveSite } from '#tests/support/console/site.ts';

/** The name under which a page finds what `web-app.ts` exports. */
export interface OpenFeaturePage {
  readonly openFeatureWeb: typeof import('./web-app.ts');
}

/** A site whose one page has loaded OpenFeature for browsers. */
export async function serveOpenFeature(): Promise<{ readonly url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-openfeature-'));
  const entry = join(import.meta.dirname, 'web-app.ts');
  await build({
    configFile: false,
    logLevel: 'error',
    build: { outDir: folder, target: 'chrome130', lib: { entry, name: 'openFeatureWeb', formats: ['iife'], fileName: () => 'app.js' } },
  });
  const site = await serveSite({ folder, scripts: ['app.js'] });
  return {
    url: site.url,
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
