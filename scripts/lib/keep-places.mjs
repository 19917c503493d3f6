/**
 * A build plugin. Modules find workers and other rooms beside themselves, by `import.meta`; bundled into a chunk they
 * would look beside that. This gives each the place that it has in `src`, below the folder of the build, where the
 * programs that are started by path lie as they do in `src`.
 */
import { isAbsolute, relative, sep } from 'node:path';

const root = '__OUT_ROOT__';
const asPath = `process.getBuiltinModule('node:url').fileURLToPath`;

/** @param {string} source the folder whose tree the build mirrors @returns {import('vite').Plugin} */
export function keepPlaces(source) {
  return {
    name: 'keep-places',
    transform(code, id) {
      const place = relative(source, id).replaceAll(sep, '/').replace(/\.ts$/, '.js');
      if (place.startsWith('..') || isAbsolute(place) || !code.includes('import.meta.')) return null;
      const here = `new URL(${JSON.stringify(place)}, ${root})`;
      const parts = {
        url: `${here}.href`,
        filename: `${asPath}(${here})`,
        dirname: `${asPath}(new URL('.', ${here})).replace(/[\\\\/]$/, '')`,
      };
      return code.replaceAll(/\bimport\.meta\.(url|filename|dirname)\b/g, (_, what) => parts[/** @type {keyof typeof parts} */ (what)]);
    },
    renderChunk(code, { fileName }) {
      if (!code.includes(root)) return null;
      const up = '../'.repeat(fileName.split('/').length - 1) || './';
      return code.replaceAll(root, `new URL(${JSON.stringify(up)}, import.meta.url)`);
    },
  };
}
