import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { z } from '#contract/zod.ts';

export interface AppPaths {
  /** gateway/index, as source or as built, like this file. */
  readonly gatewayEntry: string;
  /** Folder of the built renderer. */
  readonly rendererRoot: string;
  readonly preload: string;
  readonly version: string;
}

/** Finds the other rooms from this file's place: `src/main/hosts` and `out/node/main/hosts` mirror each other. */
export function findAppPaths(here: string = import.meta.filename): AppPaths {
  const rooms = dirname(dirname(dirname(here)));
  const root = packageRoot(rooms);
  return {
    gatewayEntry: join(rooms, 'gateway', `index${extname(here)}`),
    rendererRoot: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'index.cjs'),
    version: z.looseObject({ version: z.string() }).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version,
  };
}

function packageRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('package.json was not found above this file');
  return packageRoot(parent);
}
